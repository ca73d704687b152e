// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/midi/device_events.h"

#include <algorithm>
#include <cstddef>

namespace timbrel::host {

void DeviceEvents::push(uint32_t time, std::span<const std::byte> message) {
    Event event{time, static_cast<uint32_t>(message.size()), {}};
    if (message.empty() || message.size() > event.bytes.size()) return;
    std::copy(message.begin(), message.end(), event.bytes.begin());
    const std::lock_guard lock(push_mutex_);
    ring_.push(std::as_bytes(std::span(&event, 1)).first(offsetof(Event, bytes) + message.size()));
}

const DeviceEvents::Event* DeviceEvents::peek(uint32_t begin, uint32_t period,
                                              uint32_t& frame) noexcept TIMBREL_REALTIME {
    if (!has_event_) has_event_ = ring_.pop(std::as_writable_bytes(std::span<Event, 1>(&event_, 1))) > 0;
    if (!has_event_) return nullptr;
    // The signed difference stays correct when frame times wrap around.
    const auto offset = static_cast<int32_t>(event_.time + period - begin);
    if (offset >= static_cast<int32_t>(period)) return nullptr;
    frame = static_cast<uint32_t>(std::max(offset, 0));
    return &event_;
}

} // namespace timbrel::host
