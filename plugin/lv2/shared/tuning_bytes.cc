// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/shared/tuning_bytes.h"

#include "plugin/lv2/shared/byte_order.h"

#include <bit>
#include <cmath>

namespace timbrel::lv2 {

namespace {

constexpr uint32_t version = 1;
constexpr size_t header_bytes = 8, program_bytes = 2 + 4 * 128;

// Within far more than a Scala file or MIDI can produce; silent keys are valid too.
bool plausible(float pitch) { return !engine::Tuning::sounds(pitch) || std::abs(pitch) < 1000.0f; }

} // namespace

std::vector<uint8_t> tuning_bytes(std::span<const engine::TuningProgram> programs) {
    std::vector<uint8_t> bytes;
    bytes.reserve(header_bytes + program_bytes * programs.size());
    append_little_endian(bytes, version);
    append_little_endian(bytes, static_cast<uint32_t>(programs.size()));
    for (const engine::TuningProgram& program : programs) {
        append_little_endian(bytes, program.number);
        for (const float pitch : program.tuning.pitch) append_little_endian(bytes, std::bit_cast<uint32_t>(pitch));
    }
    return bytes;
}

std::vector<engine::TuningProgram> read_tunings(std::span<const uint8_t> bytes) {
    if (bytes.size() < header_bytes) return {};
    const auto* position = bytes.data();
    if (read_little_endian<uint32_t>(position) != version) return {};
    const auto count = read_little_endian<uint32_t>(position);
    if (count > engine::max_tunings || bytes.size() < header_bytes + program_bytes * count) return {};
    std::vector<engine::TuningProgram> programs(count);
    for (engine::TuningProgram& program : programs) {
        program.number = read_little_endian<uint16_t>(position);
        if (program.number >= engine::TuningPrograms::count) return {};
        for (float& pitch : program.tuning.pitch) {
            pitch = std::bit_cast<float>(read_little_endian<uint32_t>(position));
            if (!plausible(pitch)) return {};
        }
    }
    return programs;
}

} // namespace timbrel::lv2
