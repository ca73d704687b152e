// The MIDI Tuning Standard: 128 tuning programs, of which every channel plays one, and offsets for the twelve notes of
// each channel's octave. Real time but for construction.
#pragma once

#include "plugin/engine/tuning.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <span>

namespace timbrel {

class MidiTuning {
  public:
    // Which sounding notes are to follow a change.
    struct Change {
        uint16_t channels = 0; // one bit each
        std::bitset<128> keys;
    };

    MidiTuning(); // equal temperament everywhere

    // The tuning that channels play until they choose another program than number 0.
    void set_first_program(const Tuning& tuning) { programs_[0] = tuning; }
    void select(uint8_t channel, uint8_t program) { selected_[channel] = program; }
    // Every channel back on program 0 without offsets; the programs stay.
    void reset_channels();

    // In semitones as in Tuning, or Tuning::silent.
    float pitch(uint8_t channel, uint8_t key) const {
        return programs_[selected_[channel]].pitch[key] + offsets_[channel][key % 12];
    }

    // Takes one system exclusive message, F0 to F7. What is no tuning message of the standard, not whole, of a tuning
    // bank other than 0 or with a wrong checksum changes nothing. The change is empty unless the message is of the
    // real-time kind: the others wait for the next notes.
    Change exclusive(std::span<const uint8_t> message);

  private:
    using Bytes = std::span<const uint8_t>;
    void bulk_dump(Bytes data);
    void octave_dump(Bytes data, bool fine);
    Change single_notes(Bytes data);
    Change octave_offsets(Bytes data, bool fine);

    std::array<Tuning, 128> programs_;
    std::array<uint8_t, 16> selected_{};
    std::array<std::array<float, 12>, 16> offsets_{}; // semitones
};

} // namespace timbrel
