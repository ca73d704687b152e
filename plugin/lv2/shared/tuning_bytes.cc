#include "plugin/lv2/shared/tuning_bytes.h"

#include "plugin/lv2/shared/byte_order.h"

#include <bit>
#include <cmath>

namespace timbrel::lv2 {

namespace {

constexpr uint32_t version = 1;
constexpr size_t head_bytes = 8, program_bytes = 2 + 4 * 128;

// What a Scala file or MIDI may bring about, with room to spare.
bool plausible(float pitch) { return !engine::Tuning::sounds(pitch) || std::abs(pitch) < 1000.0f; }

} // namespace

std::vector<uint8_t> tuning_bytes(std::span<const engine::TuningProgram> programs) {
    std::vector<uint8_t> bytes;
    bytes.reserve(head_bytes + program_bytes * programs.size());
    put(bytes, version);
    put(bytes, static_cast<uint32_t>(programs.size()));
    for (const engine::TuningProgram& program : programs) {
        put(bytes, program.number);
        for (const float pitch : program.tuning.pitch) put(bytes, std::bit_cast<uint32_t>(pitch));
    }
    return bytes;
}

std::vector<engine::TuningProgram> read_tunings(std::span<const uint8_t> bytes) {
    if (bytes.size() < head_bytes) return {};
    const auto* at = bytes.data();
    if (take<uint32_t>(at) != version) return {};
    const auto count = take<uint32_t>(at);
    if (count > engine::max_tunings || bytes.size() < head_bytes + program_bytes * count) return {};
    std::vector<engine::TuningProgram> programs(count);
    for (engine::TuningProgram& program : programs) {
        program.number = take<uint16_t>(at);
        if (program.number >= engine::TuningPrograms::count) return {};
        for (float& pitch : program.tuning.pitch) {
            pitch = std::bit_cast<float>(take<uint32_t>(at));
            if (!plausible(pitch)) return {};
        }
    }
    return programs;
}

} // namespace timbrel::lv2
