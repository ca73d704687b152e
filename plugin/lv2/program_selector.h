// SPDX-License-Identifier: GPL-3.0-or-later
// Selects an installed bank by MIDI: program changes, preceded by bank select (controllers 0 and 32). Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/midi/controllers.h"
#include "plugin/engine/midi/midi_message.h"

#include <array>
#include <cstdint>
#include <optional>

namespace timbrel::lv2 {

class ProgramSelector {
  public:
    // Takes any message. For a program change, returns the bank's number: 128 × the channel's bank select + program.
    std::optional<uint32_t> process(const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
        const auto message = engine::MidiMessage::parse(bytes, size);
        if (!message) return std::nullopt;
        auto& select = bank_selects_[message->channel];
        if (message->kind == engine::MidiMessage::Kind::program)
            return (select.coarse * 128u + select.fine) * 128u + message->first;
        if (message->kind != engine::MidiMessage::Kind::controller) return std::nullopt;
        if (message->first == engine::controllers::bank_select) select.coarse = message->second;
        if (message->first == engine::controllers::bank_select_fine) select.fine = message->second;
        return std::nullopt;
    }

  private:
    struct BankSelect {
        uint8_t coarse = 0, fine = 0;
    };
    std::array<BankSelect, 16> bank_selects_; // one for each channel
};

} // namespace timbrel::lv2
