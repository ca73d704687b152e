// MIDI from devices outside JACK on its way to the audio thread. A message is stamped with JACK's frame time on arrival
// and sounds one period later: that much is always there, so the latency does not jump about.
#pragma once

#include "host/lv2/atoms/ring.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <span>

namespace timbrel::host {

class DeviceEvents {
  public:
    DeviceEvents() : ring_(1u << 16) {}

    struct Event {
        uint32_t time; // JACK's frame time of arrival
        uint32_t size;
        std::array<std::byte, 504> bytes; // longer messages, which no instrument needs, are left out
    };

    // Any thread but the audio thread: they are put in order by a lock among them.
    void put(uint32_t time, std::span<const std::byte> message);

    // Audio thread, wait-free. The next event due in a period that begins at frame time `begin`, if there is one;
    // `frame` becomes its place in the period.
    const Event* next(uint32_t begin, uint32_t period, uint32_t& frame);

    // Audio thread, after next() gave an event.
    void take() { held_ = false; }

  private:
    std::mutex senders_;
    Ring ring_;
    Event event_{};
    bool held_ = false; // event_ waits for its time
};

} // namespace timbrel::host
