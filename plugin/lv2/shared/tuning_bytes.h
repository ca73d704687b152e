// SPDX-License-Identifier: GPL-3.0-or-later
// Serialisation of tunings received by MIDI for states, the same on every machine. Threads: control, worker; pure.
#pragma once

#include "plugin/engine/midi/tuning_programs.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::lv2 {

// Little-endian: version (32 bits, 1), number of tunings (32), then for each its number (16) and 128 pitches (32 each,
// IEEE).
std::vector<uint8_t> tuning_bytes(std::span<const engine::TuningProgram> programs);

// Empty for bytes that are not valid tunings.
std::vector<engine::TuningProgram> read_tunings(std::span<const uint8_t> bytes);

} // namespace timbrel::lv2
