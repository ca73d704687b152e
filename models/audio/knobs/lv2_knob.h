// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 synthesisers as instruments with a knob: some of their control ports move from one setting to another, and
// all others stay. timbrel-sampler plays them in a process of its own, every note from the initial state.
// Threads: control, worker.
#pragma once

#include "models/audio/knobs/knob.h"

#include <string>
#include <vector>

namespace timbrel::audio {

enum class Scale { linear, logarithmic, integer };

// A control that does not move: a value between `low` and `high`, drawn once for each variant.
struct Lv2Base {
    std::string symbol;
    double low, high;
    Scale scale = Scale::linear; // of the draw; integer: both ends included
};

// A control that the knob moves, from a value in the first range to one in the second, or back: the variant decides.
struct Lv2Move {
    std::string symbol;
    double from_low, from_high, to_low, to_high;
    Scale scale = Scale::linear; // linear or logarithmic
};

struct Lv2KnobPlan {
    std::string uri;
    std::vector<Lv2Base> base; // of two with the same symbol the later one counts
    std::vector<Lv2Move> moves;
    double widest_cents = 25; // from the key, of a note that is accepted
};

// A knob of the plugin at `plan.uri`. Throws AudioError if it does not start. The detuning that all keys share is
// corrected. note() throws AudioError for notes that are silent, or have another pitch than their key, at either end or
// in the middle of the knob's range, and if the plugin fails.
std::unique_ptr<Knob> open_lv2_knob(const Lv2KnobPlan& plan);

} // namespace timbrel::audio
