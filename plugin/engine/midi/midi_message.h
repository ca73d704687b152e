// MIDI 1.0 messages, checked; and the queue that holds those of the coming block. Real time.
#pragma once

#include "plugin/engine/core/engine_limits.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace timbrel::engine {

// A channel message.
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

// Whether these bytes are a whole system exclusive message, F0 to F7 with nothing but data between.
inline bool is_exclusive(const uint8_t* bytes, uint32_t size) {
    return bytes && size >= 2 && bytes[0] == 0xf0 && bytes[size - 1] == 0xf7 &&
           std::all_of(bytes + 1, bytes + size - 1, [](uint8_t byte) { return byte < 0x80; });
}

class EventQueue {
  public:
    struct Event {
        uint32_t frame;
        MidiMessage message;                               // meant unless there are exclusive bytes
        uint16_t exclusive_start = 0, exclusive_bytes = 0; // see exclusive()
    };

    // False when the queue is full. Frames never run backwards.
    bool push(uint32_t frame, const MidiMessage& message) { return push({frame, message}); }
    // The bytes are copied.
    bool push_exclusive(uint32_t frame, std::span<const uint8_t> bytes) {
        if (bytes.size() > exclusive_.size() - exclusive_count_) return false;
        if (!push({frame, {}, static_cast<uint16_t>(exclusive_count_), static_cast<uint16_t>(bytes.size())}))
            return false;
        std::copy(bytes.begin(), bytes.end(), exclusive_.begin() + exclusive_count_);
        exclusive_count_ += static_cast<uint32_t>(bytes.size());
        return true;
    }
    std::span<const uint8_t> exclusive(const Event& event) const {
        return std::span(exclusive_).subspan(event.exclusive_start, event.exclusive_bytes);
    }

    const Event* begin() const { return events_.data(); }
    const Event* end() const { return events_.data() + count_; }
    void clear() { count_ = exclusive_count_ = 0; }

  private:
    bool push(Event event) {
        if (count_ == max_events) return false;
        if (count_ > 0) event.frame = std::max(event.frame, events_[count_ - 1].frame);
        events_[count_++] = event;
        return true;
    }

    std::array<Event, max_events> events_;
    uint32_t count_ = 0;
    std::array<uint8_t, max_exclusive_block_bytes> exclusive_;
    uint32_t exclusive_count_ = 0;
};

} // namespace timbrel::engine
