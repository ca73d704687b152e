// The MIDI Tuning Standard: of the tuning programs every channel plays one, with offsets for the twelve notes of its
// octave. Real time.
#pragma once

#include "plugin/engine/midi/tuning_programs.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <span>

namespace timbrel::engine {

class MidiTuning {
  public:
    // Which sounding notes are to follow a change.
    struct Change {
        uint16_t channels = 0; // one bit each
        std::bitset<128> keys;
    };

    explicit MidiTuning(TuningPrograms& programs) : programs_(programs) {}

    void select(uint8_t channel, uint8_t bank, uint8_t program) { selected_[channel] = number_of(bank, program); }
    uint8_t program(uint8_t channel) const { return selected_[channel] % 128; }
    // Every channel back on program 0 of bank 0 without offsets; the programs stay.
    void reset_channels();

    // In semitones as in Tuning, or Tuning::silent.
    float pitch(uint8_t channel, uint8_t key) const {
        return programs_.pitch(selected_[channel], key) + offsets_[channel][key % 12];
    }

    // Takes one system exclusive message, F0 to F7. What is no tuning message of the standard, not whole or with
    // a wrong checksum changes nothing. The change is empty unless the message is of the
    // real-time kind: the others wait for the next notes.
    Change exclusive(std::span<const uint8_t> message);

  private:
    using Bytes = std::span<const uint8_t>;
    static constexpr uint16_t number_of(uint8_t bank, uint8_t program) {
        return static_cast<uint16_t>(128 * bank + program);
    }
    void bulk_dump(uint8_t bank, Bytes data);
    void octave_dump(uint8_t bank, Bytes data, bool fine);
    Change single_notes(uint8_t bank, Bytes data);
    Change octave_offsets(Bytes data, bool fine);

    TuningPrograms& programs_;
    std::array<uint16_t, 16> selected_{};             // numbers of programs
    std::array<std::array<float, 12>, 16> offsets_{}; // semitones
};

} // namespace timbrel::engine
