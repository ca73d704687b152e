// MIDI 1.0 channel messages, checked; and the queue that holds those of the coming block. Real time.
#pragma once

#include "plugin/engine/engine_limits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace timbrel {

struct MidiMessage {
    enum class Kind : uint8_t { note_off = 0x8, note_on, key_pressure, controller, program, channel_pressure, bend };
    Kind kind;
    uint8_t channel;       // 0–15
    uint8_t first, second; // data bytes, 0–127

    // Nothing for system messages and for anything malformed.
    static std::optional<MidiMessage> parse(const uint8_t* bytes, uint32_t size) {
        if (!bytes || size < 2 || bytes[0] < 0x80 || bytes[0] >= 0xf0) return std::nullopt;
        const auto kind = static_cast<Kind>(bytes[0] >> 4);
        const uint32_t expected = kind == Kind::program || kind == Kind::channel_pressure ? 2 : 3;
        if (size != expected) return std::nullopt;
        const uint8_t second = size == 3 ? bytes[2] : uint8_t{0};
        if (bytes[1] > 127 || second > 127) return std::nullopt;
        return MidiMessage{kind, static_cast<uint8_t>(bytes[0] & 0x0f), bytes[1], second};
    }
};

class EventQueue {
  public:
    struct Event {
        uint32_t frame;
        MidiMessage message;
    };

    // False when the queue is full. Frames never run backwards.
    bool push(uint32_t frame, const MidiMessage& message) {
        if (count_ == max_events) return false;
        const uint32_t earliest = count_ > 0 ? events_[count_ - 1].frame : 0;
        events_[count_++] = {std::max(frame, earliest), message};
        return true;
    }

    const Event* begin() const { return events_.data(); }
    const Event* end() const { return events_.data() + count_; }
    void clear() { count_ = 0; }

  private:
    std::array<Event, max_events> events_;
    uint32_t count_ = 0;
};

} // namespace timbrel
