// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI 1.0 messages, validated, and the queue of the messages for one block. Thread: audio; parsing: any.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/engine_limits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace timbrel::engine {

// A channel voice or mode message.
struct MidiMessage {
    enum class Kind : uint8_t { note_off = 0x8, note_on, key_pressure, controller, program, channel_pressure, bend };
    Kind kind;
    uint8_t channel;       // 0–15
    uint8_t first, second; // data bytes, 0–127; `second` is 0 where the message has one

    // Nothing for system messages and for malformed ones.
    static std::optional<MidiMessage> parse(const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
        if (!bytes || size < 2 || bytes[0] < 0x80 || bytes[0] >= 0xf0) return std::nullopt;
        const auto kind = static_cast<Kind>(bytes[0] >> 4);
        const uint32_t expected = kind == Kind::program || kind == Kind::channel_pressure ? 2 : 3;
        if (size != expected) return std::nullopt;
        const uint8_t second = size == 3 ? bytes[2] : uint8_t{0};
        if (bytes[1] > 127 || second > 127) return std::nullopt;
        return MidiMessage{kind, static_cast<uint8_t>(bytes[0] & 0x0f), bytes[1], second};
    }
};

// Whether the bytes are one complete system exclusive message: F0, data bytes, F7.
inline bool is_complete_sysex(const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
    return bytes && size >= 2 && bytes[0] == 0xf0 && bytes[size - 1] == 0xf7 &&
           std::all_of(bytes + 1, bytes + size - 1, [](uint8_t byte) { return byte < 0x80; });
}

// The messages of one block, in order.
class EventQueue {
  public:
    struct Event {
        uint32_t frame;
        MidiMessage message;                       // valid if sysex_bytes is 0
        uint16_t sysex_start = 0, sysex_bytes = 0; // see sysex()
    };

    // Return false when the queue is full. A frame before the last one in the queue is moved to that one.
    bool push(uint32_t frame, const MidiMessage& message) noexcept TIMBREL_REALTIME { return push({frame, message}); }
    // Copies the bytes.
    bool push_sysex(uint32_t frame, std::span<const uint8_t> bytes) noexcept TIMBREL_REALTIME {
        if (bytes.size() > sysex_.size() - sysex_count_) return false;
        if (!push({frame, {}, static_cast<uint16_t>(sysex_count_), static_cast<uint16_t>(bytes.size())})) return false;
        std::copy(bytes.begin(), bytes.end(), sysex_.begin() + sysex_count_);
        sysex_count_ += static_cast<uint32_t>(bytes.size());
        return true;
    }
    std::span<const uint8_t> sysex(const Event& event) const noexcept TIMBREL_REALTIME {
        return std::span(sysex_).subspan(event.sysex_start, event.sysex_bytes);
    }

    const Event* begin() const noexcept TIMBREL_REALTIME { return events_.data(); }
    const Event* end() const noexcept TIMBREL_REALTIME { return events_.data() + count_; }
    void clear() noexcept TIMBREL_REALTIME { count_ = sysex_count_ = 0; }

  private:
    bool push(Event event) {
        if (count_ == max_events) return false;
        if (count_ > 0) event.frame = std::max(event.frame, events_[count_ - 1].frame);
        events_[count_++] = event;
        return true;
    }

    std::array<Event, max_events> events_;
    uint32_t count_ = 0;
    std::array<uint8_t, max_sysex_block_bytes> sysex_;
    uint32_t sysex_count_ = 0;
};

} // namespace timbrel::engine
