// SPDX-License-Identifier: GPL-3.0-or-later
// The MIDI Tuning Standard: every channel uses one of the tuning programs, plus offsets for the twelve notes of the
// octave. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/midi/tuning_programs.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <span>

namespace timbrel::engine {

class MidiTuning {
  public:
    // The active notes whose pitch changes.
    struct Change {
        uint16_t channels = 0; // one bit per channel
        std::bitset<128> keys;
    };

    explicit MidiTuning(TuningPrograms& programs) : programs_(programs) {}

    void select(uint8_t channel, uint8_t bank, uint8_t program) noexcept TIMBREL_REALTIME {
        selected_[channel] = program_number(bank, program);
    }
    uint8_t program(uint8_t channel) const noexcept TIMBREL_REALTIME { return selected_[channel] % 128; }
    // Selects program 0 of bank 0 without offsets on every channel; the programs stay.
    void reset_channels() noexcept TIMBREL_REALTIME;

    // A MIDI note number with fractions, or Tuning::silent.
    float pitch(uint8_t channel, uint8_t key) const noexcept TIMBREL_REALTIME {
        return programs_.pitch(selected_[channel], key) + offsets_[channel][key % 12];
    }

    // Whether tuning messages have an effect on a channel: on its program, or as offsets.
    bool is_received(uint8_t channel) const noexcept TIMBREL_REALTIME {
        return programs_.is_received(selected_[channel]) ||
               std::ranges::any_of(offsets_[channel], [](float offset) { return offset != 0.0f; });
    }
    bool has_scale() const noexcept TIMBREL_REALTIME { return programs_.has_scale(); }

    // Handles one system exclusive message, F0 to F7. Messages that are not tuning messages, are incomplete or have a
    // wrong checksum are ignored. The result is empty unless the message is of the real-time kind; others apply to the
    // notes that follow.
    Change handle_sysex(std::span<const uint8_t> message) noexcept TIMBREL_REALTIME;

  private:
    using Bytes = std::span<const uint8_t>;
    static constexpr uint16_t program_number(uint8_t bank, uint8_t program) {
        return static_cast<uint16_t>(128 * bank + program);
    }
    void bulk_dump(uint8_t bank, Bytes data);
    void octave_dump(uint8_t bank, Bytes data, bool fine);
    Change single_notes(uint8_t bank, Bytes data);
    Change octave_offsets(Bytes data, bool fine);

    TuningPrograms& programs_;
    std::array<uint16_t, 16> selected_{};             // program number of each channel
    std::array<std::array<float, 12>, 16> offsets_{}; // semitones
};

} // namespace timbrel::engine
