// SPDX-License-Identifier: GPL-3.0-or-later
// The pad file of the Open NSynth Super: the plane as notes of fixed length. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <string>

namespace timbrel::host {

// Writes A_B_C_D.bin, named by the corners north-west, north-east, south-west and south-east as the device's settings
// name its instruments: signed 16-bit mono at 16 kHz without a header, every note of 60,000 frames. For each of 9 × 9
// positions, row by row from the north-west, it holds 16 pitches from 24 to 84. A note is held for 3 s, from the
// hardest velocity layer and the nearest stored pitch. Levels keep their relation; the loudest peak is full scale.
// Throws Error when the file cannot be written.
void write_nsynth_pad(const engine::Bank& bank, const std::string& folder);

} // namespace timbrel::host
