// SPDX-License-Identifier: GPL-3.0-or-later
// Rainbowgrams: constant-Q spectrograms in which brightness is level and hue is phase advance per frame. A steady
// partial is a line of one colour; noise is speckled (Engel et al., "Neural Audio Synthesis of Musical Notes with
// WaveNet Autoencoders", ICML 2017). Thread: control.
#pragma once

#include "models/audio/analysis/constant_q.h"
#include "models/audio/io/audio.h"
#include "models/audio/pictures/canvas.h"

#include <string>
#include <vector>

namespace timbrel::audio {

class Rainbowgram {
  public:
    static constexpr double floor_decibels = -70; // below the loudest value

    // Analyses the mean of both channels from C2 upwards, over `octaves` or as many as the sample rate allows.
    explicit Rainbowgram(const Audio& audio, size_t octaves = 8);

    double seconds() const { return seconds_; }
    double octaves() const { return octaves_; }

    // The colour of the loudest frame between `seconds` and `seconds + span`, at `octave` above C2.
    Colour at(double seconds, double span, double octave) const;

    // Fills `box` with the time from 0 to `shown_seconds` and all octaves.
    void paint(const Canvas& canvas, const Box& box, double shown_seconds, double radius = 0) const;

  private:
    size_t frames_ = 0, bins_ = 0, per_octave_ = 40;
    double frame_seconds_ = 0, seconds_ = 0, octaves_ = 0;
    std::vector<float> level_; // bins × frames, from 0 at the floor to 1
    std::vector<float> hue_;   // bins × frames, in turns
};

struct Panel {
    std::string title;
    Audio audio;
};

// Draws panels with time and pitch axes of one scale, up to three in a row. Throws Error.
void draw_rainbowgrams(const std::vector<Panel>& panels, const std::string& path);

// Draw the axes of a box: seconds along the bottom; note names, one an octave from C2 up, along the left side.
void draw_time_axis(const Canvas& canvas, const Box& box, double seconds);
void draw_pitch_axis(const Canvas& canvas, const Box& box, double octaves);

} // namespace timbrel::audio
