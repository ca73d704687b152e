#include "host/player/midi/controller_map.h"

#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace timbrel::host {

namespace {

constexpr uint8_t controller_status = 0xb0;

struct Turn {
    uint8_t channel, number, value;
};

std::optional<Turn> read_turn(std::span<const std::byte> message) {
    if (message.size() != 3 || (std::to_integer<uint8_t>(message[0]) & 0xf0) != controller_status) return {};
    return Turn{static_cast<uint8_t>(std::to_integer<uint8_t>(message[0]) & 0x0f),
                static_cast<uint8_t>(std::to_integer<uint8_t>(message[1]) & 0x7f),
                static_cast<uint8_t>(std::to_integer<uint8_t>(message[2]) & 0x7f)};
}

bool belongs_elsewhere(uint8_t number) {
    using namespace engine::controllers;
    for (const uint8_t own : {bank_select, bank_select_fine, data_entry, data_entry_fine, data_increment,
                              data_decrement, unregistered_low, unregistered_high, registered_low, registered_high})
        if (number == own) return true;
    return false;
}

} // namespace

bool overlap(const Controller& a, const Controller& b) {
    if (a.channel != b.channel) return false;
    return a.number == b.number || (a.fine && a.number + halves_apart == b.number) ||
           (b.fine && b.number + halves_apart == a.number);
}

float value_at(const Port& port, float share) {
    const bool logarithmic = port.logarithmic && port.minimum > 0;
    const float value = logarithmic ? port.minimum * std::pow(port.maximum / port.minimum, share)
                                    : port.minimum + (port.maximum - port.minimum) * share;
    return std::clamp(port.whole ? std::round(value) : value, port.minimum, port.maximum);
}

ControllerMap::ControllerMap(std::vector<Port> ports)
    : ports_(std::move(ports)), assigned_(ports_.size()), heard_(1u << 12) {
    for (auto& entry : table_) entry = none;
}

bool ControllerMap::moves(std::span<const std::byte> message) const {
    const auto turn = read_turn(message);
    if (!turn || turn->number >= controllers || listening_) return false;
    const uint16_t found = table_[place(turn->channel, turn->number)];
    return found != none && !(found & upper_half);
}

ControllerMap::Heard ControllerMap::hear(std::span<const std::byte> message) {
    const auto turn = read_turn(message);
    if (!turn || turn->number >= controllers) return {};
    if (listening_ && !belongs_elsewhere(turn->number)) {
        heard_.push(bytes_of(Controller{turn->channel, turn->number, false}));
        return {true};
    }
    const uint16_t found = table_[place(turn->channel, turn->number)];
    if (found == none) return {};
    if (found & upper_half) {
        upper_[turn->channel][turn->number] = turn->value;
        return {true}; // the half that follows brings the value, so that it never jumps between the two
    }
    const Port& port = ports_[found & ~lower_half];
    if (!(found & lower_half)) return {true, &port, value_at(port, turn->value / 127.0f)};
    const int fine = upper_[turn->channel][turn->number - halves_apart] << 7 | turn->value;
    return {true, &port, value_at(port, static_cast<float>(fine) / 16383.0f)};
}

void ControllerMap::assign(const Controller& controller, uint32_t port) {
    forget(port);
    for (uint32_t other = 0; other < assigned_.size(); ++other)
        if (assigned_[other] && overlap(*assigned_[other], controller)) forget(other);
    assigned_[port] = controller;
    const auto index = static_cast<uint16_t>(port);
    if (controller.fine) table_[place(controller.channel, controller.number + halves_apart)] = index | lower_half;
    table_[place(controller.channel, controller.number)] = controller.fine ? index | upper_half : index;
}

void ControllerMap::forget(uint32_t port) {
    const auto held = std::exchange(assigned_[port], std::nullopt);
    if (!held) return;
    table_[place(held->channel, held->number)] = none;
    if (held->fine) table_[place(held->channel, held->number + halves_apart)] = none;
}

std::optional<Controller> ControllerMap::controller_of(uint32_t port) const { return assigned_[port]; }

void ControllerMap::listen(bool on) {
    while (on && next_heard()) {
    }
    listening_ = on;
}

std::optional<Controller> ControllerMap::next_heard() {
    Controller controller;
    if (heard_.pop(std::as_writable_bytes(std::span<Controller, 1>(&controller, 1))) == 0) return std::nullopt;
    return controller;
}

} // namespace timbrel::host
