#include "host/player/midi/device_events.h"

#include <algorithm>
#include <cstddef>

namespace timbrel::host {

void DeviceEvents::put(uint32_t time, std::span<const std::byte> message) {
    Event event{time, static_cast<uint32_t>(message.size()), {}};
    if (message.empty() || message.size() > event.bytes.size()) return;
    std::copy(message.begin(), message.end(), event.bytes.begin());
    const std::lock_guard lock(senders_);
    ring_.push(std::as_bytes(std::span(&event, 1)).first(offsetof(Event, bytes) + message.size()));
}

const DeviceEvents::Event* DeviceEvents::next(uint32_t begin, uint32_t period, uint32_t& frame) {
    if (!held_) held_ = ring_.pop(std::as_writable_bytes(std::span<Event, 1>(&event_, 1))) > 0;
    if (!held_) return nullptr;
    // Frame times wrap around; their difference does not.
    const auto place = static_cast<int32_t>(event_.time + period - begin);
    if (place >= static_cast<int32_t>(period)) return nullptr;
    frame = static_cast<uint32_t>(std::max(place, 0));
    return &event_;
}

} // namespace timbrel::host
