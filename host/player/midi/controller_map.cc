// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/midi/controller_map.h"

#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace timbrel::host {

namespace {

constexpr uint8_t controller_status = 0xb0;

struct ControlChange {
    uint8_t channel, number, value;
};

std::optional<ControlChange> read_control_change(std::span<const std::byte> message) noexcept {
    if (message.size() != 3 || (std::to_integer<uint8_t>(message[0]) & 0xf0) != controller_status) return {};
    return ControlChange{static_cast<uint8_t>(std::to_integer<uint8_t>(message[0]) & 0x0f),
                         static_cast<uint8_t>(std::to_integer<uint8_t>(message[1]) & 0x7f),
                         static_cast<uint8_t>(std::to_integer<uint8_t>(message[2]) & 0x7f)};
}

// Controllers that select banks and parameter numbers.
bool is_reserved(uint8_t number) {
    using namespace engine::controllers;
    for (const uint8_t reserved :
         {bank_select, bank_select_fine, data_entry, data_entry_fine, data_increment, data_decrement, unregistered_low,
          unregistered_high, registered_low, registered_high})
        if (number == reserved) return true;
    return false;
}

} // namespace

bool share_messages(const Controller& a, const Controller& b) {
    if (a.channel != b.channel) return false;
    return a.number == b.number || (a.is_14_bit && a.number + lsb_offset == b.number) ||
           (b.is_14_bit && b.number + lsb_offset == a.number);
}

float value_at(const Port& port, float fraction) {
    const bool logarithmic = port.logarithmic && port.minimum > 0;
    const float value = logarithmic ? port.minimum * std::pow(port.maximum / port.minimum, fraction)
                                    : port.minimum + (port.maximum - port.minimum) * fraction;
    return std::clamp(port.integer ? std::round(value) : value, port.minimum, port.maximum);
}

ControllerMap::ControllerMap(std::vector<Port> ports)
    : ports_(std::move(ports)), assigned_(ports_.size()), received_(1u << 12) {
    for (auto& entry : table_) entry = none;
}

bool ControllerMap::changes_port(std::span<const std::byte> message) const noexcept TIMBREL_REALTIME {
    const auto change = read_control_change(message);
    if (!change || change->number >= controller_count || listening_) return false;
    const uint16_t found = table_[table_index(change->channel, change->number)];
    return found != none && !(found & msb_flag);
}

ControllerMap::Result ControllerMap::handle(std::span<const std::byte> message) noexcept TIMBREL_REALTIME {
    const auto change = read_control_change(message);
    if (!change || change->number >= controller_count) return {};
    if (listening_ && !is_reserved(change->number)) {
        received_.push(bytes_of(Controller{change->channel, change->number, false}));
        return {true};
    }
    const uint16_t found = table_[table_index(change->channel, change->number)];
    if (found == none) return {};
    if (found & msb_flag) {
        msb_[change->channel][change->number] = change->value;
        return {true}; // the LSB that follows sets the value, so that it does not jump in between
    }
    const Port& port = ports_[found & ~lsb_flag];
    if (!(found & lsb_flag)) return {true, &port, value_at(port, change->value / 127.0f)};
    const int value = msb_[change->channel][change->number - lsb_offset] << 7 | change->value;
    return {true, &port, value_at(port, static_cast<float>(value) / 16383.0f)};
}

void ControllerMap::assign(const Controller& controller, uint32_t port) {
    forget(port);
    for (uint32_t other = 0; other < assigned_.size(); ++other)
        if (assigned_[other] && share_messages(*assigned_[other], controller)) forget(other);
    assigned_[port] = controller;
    const auto index = static_cast<uint16_t>(port);
    if (controller.is_14_bit)
        table_[table_index(controller.channel, controller.number + lsb_offset)] = index | lsb_flag;
    table_[table_index(controller.channel, controller.number)] = controller.is_14_bit ? index | msb_flag : index;
}

void ControllerMap::forget(uint32_t port) {
    const auto previous = std::exchange(assigned_[port], std::nullopt);
    if (!previous) return;
    table_[table_index(previous->channel, previous->number)] = none;
    if (previous->is_14_bit) table_[table_index(previous->channel, previous->number + lsb_offset)] = none;
}

std::optional<Controller> ControllerMap::controller_of(uint32_t port) const { return assigned_[port]; }

void ControllerMap::set_listening(bool on) {
    while (on && pop_received()) {
    }
    listening_ = on;
}

std::optional<Controller> ControllerMap::pop_received() {
    Controller controller;
    if (received_.pop(std::as_writable_bytes(std::span<Controller, 1>(&controller, 1))) == 0) return std::nullopt;
    return controller;
}

} // namespace timbrel::host
