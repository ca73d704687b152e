// SPDX-License-Identifier: GPL-3.0-or-later
// The lists of which knob_families consists. Threads: control, worker.
#pragma once

#include "models/audio/knobs/knob.h"

namespace timbrel::audio {

using KnobFamilies = std::vector<KnobFamily>;

// Timbrel's own synthesis: oscillators, filters, strings and bars, winds and bows.
KnobFamilies oscillator_families();
KnobFamilies filter_families();
KnobFamilies string_families();
KnobFamilies wind_families();
KnobFamilies synthesis_families(); // all of these

// The physical models of the Synthesis ToolKit; empty without it.
KnobFamilies stk_families();

// LV2 synthesisers: those whose plugins are installed. mda's and synthv1 are for test, Calf's for training.
KnobFamilies lv2_families();

} // namespace timbrel::audio
