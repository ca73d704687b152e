// A note of a bank as it sounds at one place on the plane, for other instruments to play. Off the audio thread.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <vector>

namespace timbrel::host {

struct PlanePlace {
    double x = 0.5, y = 0.5; // 0 … 1; x = 1 is east, y = 1 is north
};

struct CellShare {
    uint32_t cell;
    float share; // above 0
};

// The cells that the instrument blends at a place.
std::vector<CellShare> cells_at(const engine::Bank& bank, PlanePlace place);

struct NoteSound {
    std::vector<float> stereo;             // interleaved, as loud as in the instrument
    uint32_t rate = 0;                     // frames per second
    uint32_t loop_start = 0, loop_end = 0; // frames; the end is one past the last; equal without a loop
    double decay = 0;                      // dB per second by which the loop shall fade
    double release = 0;                    // seconds for 60 dB

    uint32_t frames() const { return static_cast<uint32_t>(stereo.size() / 2); }
    bool loops() const { return loop_end > loop_start; }
};

// As the bank holds it. `note` is the bank's number for pitch and velocity.
NoteSound note_at(const engine::Bank& bank, uint32_t note, PlanePlace place);

// Players disagree on what a decay time means. So where a note dies away by at least `slowest_unrolled`, its loop is
// played out into the sound, 60 dB down, and neither loop nor decay is left.
inline constexpr double slowest_unrolled = 4; // dB per second: 15 s to silence
void unroll(NoteSound& note);

// At another rate by soxr's very high quality recipe. A loop keeps a whole number of frames, for which the sound is
// retuned by less than a thirtieth of a cent.
NoteSound resampled(const NoteSound& note, uint32_t rate);

} // namespace timbrel::host
