// SPDX-License-Identifier: GPL-3.0-or-later
// A queue of MIDI messages from devices outside JACK to the audio thread. Each message is stamped with JACK's frame
// time on arrival and played one period later, so that the latency is constant.
#pragma once

#include "host/lv2/atoms/ring.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <span>

namespace timbrel::host {

class DeviceEvents {
  public:
    // Control.
    DeviceEvents() : ring_(1u << 16) {}

    struct Event {
        uint32_t time; // JACK frame time of arrival
        uint32_t size; // bytes
        std::array<std::byte, 504> bytes;
    };

    // Any but audio; a mutex serialises callers. Ignores empty messages and those longer than 504 bytes.
    void push(uint32_t time, std::span<const std::byte> message);

    // Audio. The oldest event if it is due in the period that begins at frame time `begin`, else null. `frame` becomes
    // its frame within the period.
    const Event* peek(uint32_t begin, uint32_t period, uint32_t& frame) noexcept TIMBREL_REALTIME;

    // Audio. Removes the event that peek() returned.
    void pop() noexcept TIMBREL_REALTIME { has_event_ = false; }

  private:
    std::mutex push_mutex_;
    Ring ring_;
    Event event_{};
    bool has_event_ = false; // event_ is read from ring_ but not yet removed
};

} // namespace timbrel::host
