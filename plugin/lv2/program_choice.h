// Which installed bank MIDI asks for: program changes, with bank select (controllers 0 and 32) in front of them.
// Real time.
#pragma once

#include "plugin/engine/midi/controllers.h"
#include "plugin/engine/midi/midi_message.h"

#include <array>
#include <cstdint>
#include <optional>

namespace timbrel::lv2 {

class ProgramChoice {
  public:
    // Hears a message of any kind; the number it asks for, 128 to each selected bank, when it is a program change.
    std::optional<uint32_t> hear(const uint8_t* bytes, uint32_t size) {
        const auto message = engine::MidiMessage::parse(bytes, size);
        if (!message) return std::nullopt;
        auto& bank = banks_[message->channel];
        if (message->kind == engine::MidiMessage::Kind::program)
            return (bank.high * 128u + bank.low) * 128u + message->first;
        if (message->kind != engine::MidiMessage::Kind::controller) return std::nullopt;
        if (message->first == engine::controllers::bank_select) bank.high = message->second;
        if (message->first == engine::controllers::bank_select_fine) bank.low = message->second;
        return std::nullopt;
    }

  private:
    struct Bank {
        uint8_t high = 0, low = 0;
    };
    std::array<Bank, 16> banks_;
};

} // namespace timbrel::lv2
