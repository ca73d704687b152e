// Tunings that came by MIDI as bytes, for states: the same on every machine. Not for the audio thread.
#pragma once

#include "plugin/engine/midi/tuning_programs.h"

#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::lv2 {

// Little-endian: version (32 bits, 1), number of tunings (32), then for each its number (16) and 128 pitches (32 each,
// IEEE).
std::vector<uint8_t> tuning_bytes(std::span<const engine::TuningProgram> programs);

// Nothing for bytes that hold no tunings, whatever they are.
std::vector<engine::TuningProgram> read_tunings(std::span<const uint8_t> bytes);

} // namespace timbrel::lv2
