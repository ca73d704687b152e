// SPDX-License-Identifier: GPL-3.0-or-later
// Which controls of the Synthesis ToolKit's instruments are knobs. Threads: control, worker.
#pragma once

#include "models/audio/knobs/knob.h"

namespace stk {
class Instrmnt;
}

namespace timbrel::audio {

inline constexpr const char* stk_rawwaves = "/usr/share/stk/rawwaves/"; // Debian's package stk
inline constexpr int stk_amplitude = -1; // instead of a control: the amplitude of noteOn, 0–1

struct StkInstrument {
    const char* name;
    KnobUse use;
    std::unique_ptr<stk::Instrmnt> (*make)();
    int lowest_pitch, highest_pitch;
    bool in_tune = false;     // by construction; its lowest partial may be missing
    double transposition = 0; // semitones by which it sounds above its frequency
};

struct StkControl {
    int number;
    double low, high; // 0–128
};

struct StkRow {
    const char *name, *kind;
    StkInstrument instrument;
    StkControl moved;              // between two ends in its range
    double least;                  // by which the ends are apart
    std::vector<StkControl> fixed; // random within their ranges, set in this order
};

// Those whose files are installed.
std::vector<StkRow> stk_rows();

} // namespace timbrel::audio
