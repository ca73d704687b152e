// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/midi/midi_tuning.h"

namespace timbrel::engine {

namespace {

constexpr uint8_t non_real_time = 0x7e, real_time = 0x7f, tuning_standard = 0x08;
constexpr size_t name_bytes = 16;

// Three bytes: a key in equal temperament, and a fraction of a semitone above it in 14 bits.
float decode_pitch(std::span<const uint8_t, 3> bytes) {
    return static_cast<float>(bytes[0]) + static_cast<float>(bytes[1] * 128 + bytes[2]) / 16384.0f;
}

// 7F 7F 7F means: no change.
bool is_change(std::span<const uint8_t, 3> bytes) { return bytes[0] != 127 || bytes[1] != 127 || bytes[2] != 127; }

// Twelve offsets in semitones: one byte each, in cents around 64; or two bytes, in 1/8192 semitone around 8192.
std::array<float, 12> decode_offsets(std::span<const uint8_t> bytes, bool fine) {
    std::array<float, 12> offsets;
    for (size_t i = 0; i < offsets.size(); ++i)
        offsets[i] = fine ? static_cast<float>(bytes[2 * i] * 128 + bytes[2 * i + 1] - 8192) / 8192.0f
                          : static_cast<float>(bytes[i] - 64) / 100.0f;
    return offsets;
}

// The XOR of all bytes between F0 and F7, the checksum included, is 0.
bool checksum_valid(std::span<const uint8_t> message) {
    uint8_t sum = 0;
    for (const uint8_t byte : message.subspan(1, message.size() - 2)) sum ^= byte;
    return (sum & 0x7f) == 0;
}

} // namespace

void MidiTuning::reset_channels() noexcept TIMBREL_REALTIME {
    selected_.fill(0);
    for (auto& offsets : offsets_) offsets.fill(0.0f);
}

// F0, kind (7E, 7F), device, 08, message type, data, F7.
MidiTuning::Change MidiTuning::handle_sysex(Bytes message) noexcept TIMBREL_REALTIME {
    if (message.size() < 7 || message[3] != tuning_standard) return {};
    if (message[1] != non_real_time && message[1] != real_time) return {};
    const bool immediate = message[1] == real_time;
    const Bytes data = message.subspan(5, message.size() - 6);
    switch (message[4]) {
    case 0x01:
        if (!immediate && checksum_valid(message)) bulk_dump(0, data);
        return {};
    case 0x02:
        return immediate ? single_notes(0, data) : Change();
    case 0x04:
        if (!immediate && checksum_valid(message)) bulk_dump(data[0], data.subspan(1));
        return {};
    case 0x05:
    case 0x06:
        if (!immediate && checksum_valid(message)) octave_dump(data[0], data.subspan(1), message[4] == 0x06);
        return {};
    case 0x07:
        if (const Change change = single_notes(data[0], data.subspan(1)); immediate) return change;
        return {};
    case 0x08:
    case 0x09:
        if (const Change change = octave_offsets(data, message[4] == 0x09); immediate) return change;
        return {};
    default:
        return {};
    }
}

// Data: program, name, three bytes per key, checksum.
void MidiTuning::bulk_dump(uint8_t bank, Bytes data) {
    if (data.size() != 1 + name_bytes + 3 * 128 + 1) return;
    for (uint8_t key = 0; key < 128; ++key) {
        const auto bytes = data.subspan(1 + name_bytes + size_t{3} * key).first<3>();
        if (is_change(bytes)) programs_.retune(program_number(bank, data[0]), key, decode_pitch(bytes));
    }
}

// Data: program, name, twelve offsets, checksum.
void MidiTuning::octave_dump(uint8_t bank, Bytes data, bool fine) {
    if (data.size() != 1 + name_bytes + (fine ? 24 : 12) + 1) return;
    const auto offsets = decode_offsets(data.subspan(1 + name_bytes), fine);
    for (uint8_t key = 0; key < 128; ++key)
        programs_.retune(program_number(bank, data[0]), key, static_cast<float>(key) + offsets[key % 12]);
}

// Data: program, count, and for each note its key and three bytes.
MidiTuning::Change MidiTuning::single_notes(uint8_t bank, Bytes data) {
    if (data.size() < 2 || data.size() != size_t{2} + 4 * data[1]) return {};
    const uint16_t number = program_number(bank, data[0]);
    Change change;
    for (size_t at = 2; at < data.size(); at += 4) {
        const auto bytes = data.subspan(at + 1).first<3>();
        if (!is_change(bytes)) continue;
        programs_.retune(number, data[at], decode_pitch(bytes));
        change.keys.set(data[at]);
    }
    for (uint32_t channel = 0; channel < selected_.size(); ++channel)
        if (selected_[channel] == number) change.channels = static_cast<uint16_t>(change.channels | 1u << channel);
    return change;
}

// Data: three bytes of channel bits, highest channels first; twelve offsets.
MidiTuning::Change MidiTuning::octave_offsets(Bytes data, bool fine) {
    if (data.size() != size_t{3} + (fine ? 24 : 12)) return {};
    Change change;
    change.channels = static_cast<uint16_t>((data[0] & 3) << 14 | data[1] << 7 | data[2]);
    change.keys.set();
    for (uint32_t channel = 0; channel < offsets_.size(); ++channel)
        if (change.channels >> channel & 1) offsets_[channel] = decode_offsets(data.subspan(3), fine);
    return change;
}

} // namespace timbrel::engine
