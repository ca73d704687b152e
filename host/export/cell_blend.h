// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's note as it sounds at one position on the plane, for export to other instruments. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <vector>

namespace timbrel::host {

struct PlanePosition {
    double x = 0.5, y = 0.5; // 0 … 1; x = 1 is east, y = 1 is north
};

struct CellWeight {
    uint32_t cell;
    float weight; // above 0; the weights of a position add up to 1
};

// The cells that the instrument blends at a position (bilinear interpolation).
std::vector<CellWeight> cell_weights(const engine::Bank& bank, PlanePosition position);

struct NoteSound {
    std::vector<float> stereo;             // interleaved, at the level of the instrument
    uint32_t rate = 0;                     // frames per second
    uint32_t loop_start = 0, loop_end = 0; // frames; the end is exclusive; equal without a loop
    double decay = 0;                      // dB per second by which the loop fades
    double release = 0;                    // seconds to fall by 60 dB

    uint32_t frames() const { return static_cast<uint32_t>(stereo.size() / 2); }
    bool loops() const { return loop_end > loop_start; }
};

// Blends the stored sounds without further processing. `note` is the bank's index for pitch and velocity.
NoteSound blended_note(const engine::Bank& bank, uint32_t note, PlanePosition position);

// Cuts the note at its loop end and appends `frames` frames of further passes through the loop.
void extend_loop(NoteSound& note, size_t frames);

// Plays the loop of a note, with its decay, until the note has `frames` frames, or cuts it there; clears loop and
// decay.
void play_loop(NoteSound& note, size_t frames);

// Fades the last frames linearly to 0.
void fade_out(std::vector<float>& interleaved, size_t channels, size_t frames);

// Writes out the loop of a note that decays by at least `min_unrolled_decay`, down to −60 dB, and clears loop and
// decay, because sample players disagree on the meaning of a decay time.
inline constexpr double min_unrolled_decay = 4; // dB per second: 15 s to silence
void unroll_loop(NoteSound& note);

// Converts the rate with soxr's very high quality recipe. A loop gets a whole number of frames; this detunes the sound
// by less than 1/30 cent.
NoteSound resampled(const NoteSound& note, uint32_t rate);

// Converts interleaved sound with the same recipe to `ratio` times as many frames.
std::vector<float> convert_rate(const std::vector<float>& interleaved, int channels, double ratio);

// The note as sample players need it: blended, its loop written out if it decays fast, at this rate.
NoteSound sampled_note(const engine::Bank& bank, uint32_t note, PlanePosition position, uint32_t rate);

} // namespace timbrel::host
