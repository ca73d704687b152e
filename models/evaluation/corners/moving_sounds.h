// SPDX-License-Identifier: GPL-3.0-or-later
// Sounds that move while they are held, made by sums of sines: what loops must keep alive.
// Threads: any that may allocate.
#pragma once

#include "models/evaluation/corners/held_notes.h"

#include <vector>

namespace timbrel::models {

// A supersaw of seven detuned voices, an ensemble of twelve strings each with its vibrato, an organ with tremolo, a pad
// whose voices a slow chorus moves, and a struck sound of three strings a note, whose partials beat as they die away.
std::vector<HeldCase> moving_cases();

} // namespace timbrel::models
