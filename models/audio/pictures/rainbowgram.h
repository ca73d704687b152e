// Rainbowgrams: pictures of sound in which brightness is level and hue is phase advance, so that a steady partial is a
// line of one colour, harmonics climb through the rainbow, and noise is speckled (Engel and others, "Neural Audio
// Synthesis of Musical Notes with WaveNet Autoencoders", ICML 2017).
#pragma once

#include "models/audio/analysis/constant_q.h"
#include "models/audio/io/audio.h"
#include "models/audio/pictures/canvas.h"

#include <string>
#include <vector>

namespace timbrel::audio {

class Rainbowgram {
  public:
    static constexpr double floor_decibels = -70; // under the loudest value

    // Of both channels together. `octaves` from C2 on, at most as many as the rate holds.
    explicit Rainbowgram(const Audio& audio, size_t octaves = 8);

    double seconds() const { return seconds_; }
    double octaves() const { return octaves_; }

    // What is painted from `seconds` to `seconds + span` at `octave` above C2: the loudest of the frames there.
    Colour at(double seconds, double span, double octave) const;

    // Paints `box`: from 0 to `shown_seconds` in time and over all octaves in pitch.
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

// Panels with axes of time and pitch, all to the same scale: side by side while there are at most three, then in rows.
// Throws PictureError.
void draw_rainbowgrams(const std::vector<Panel>& panels, const std::string& path);

// Axes around a box. Times in seconds along its bottom; octaves' names along its left side from C2 at the bottom.
void draw_time_axis(const Canvas& canvas, const Box& box, double seconds);
void draw_pitch_axis(const Canvas& canvas, const Box& box, double octaves);

} // namespace timbrel::audio
