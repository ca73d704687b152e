// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/osc.h"

#include "common/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace timbrel::host {

namespace {

constexpr std::string_view prefix = "/timbrel/";
constexpr size_t max_listeners = 16, max_commands = 64;

std::string address_of(const Port& port) {
    const bool is_axis = port.symbol == "x" || port.symbol == "y";
    return std::string(prefix) + (is_axis ? "" : "param/") + port.symbol;
}

// All arguments as numbers; empty if one is not a number.
std::vector<float> numbers(const lo::Message& message) {
    std::vector<float> values;
    const std::string types = message.types();
    for (size_t i = 0; i < types.size(); ++i) {
        if (!lo_is_numerical_type(static_cast<lo_type>(types[i]))) return {};
        values.push_back(
            static_cast<float>(lo_hires_val(static_cast<lo_type>(types[i]), message.argv()[static_cast<int>(i)])));
    }
    return values;
}

} // namespace

Osc::Osc(int port) : server_(port, [](int, const char*, const char*) {}) {
    if (!server_.is_valid()) throw Error("UDP port " + std::to_string(port) + " is taken; choose another with --osc");
    server_.add_method(nullptr, nullptr,
                       [this](const char* path, const lo::Message& message) { return receive(path, message); });
    server_.start();
}

void Osc::set_instance(Instance* instance) {
    const std::lock_guard lock(mutex_);
    instance_ = instance;
    for (Listener& listener : listeners_) listener.last_sent.clear();
}

bool Osc::set(const char* symbol, float value) {
    const Port* const port = instance_->find(symbol);
    if (!port || !is_parameter(*port) || !std::isfinite(value)) return false;
    return instance_->send_control(port->index, std::clamp(value, port->minimum, port->maximum));
}

bool Osc::queue_command(const std::string& name, const lo::Message& message) {
    if (message.types() != "s") return false;
    static const std::map<std::string, OscCommand::Kind> kinds = {{"learn", OscCommand::Kind::learn},
                                                                  {"forget", OscCommand::Kind::forget},
                                                                  {"save", OscCommand::Kind::save},
                                                                  {"load", OscCommand::Kind::load}};
    const auto kind = kinds.find(name);
    if (kind == kinds.end() || commands_.size() == max_commands) return false;
    commands_.push_back({kind->second, &message.argv()[0]->s});
    return true;
}

std::vector<OscCommand> Osc::pop_commands() {
    const std::lock_guard lock(mutex_);
    return std::exchange(commands_, {});
}

int Osc::receive(const char* path, const lo::Message& message) {
    const std::string_view address = path;
    if (!address.starts_with(prefix)) return 1;
    const std::string name(address.substr(prefix.size()));
    const std::lock_guard lock(mutex_);
    if (queue_command(name, message)) return 0;
    const std::vector<float> values = numbers(message);
    if (values.empty()) return 1;
    if (name == "listen") {
        listen(message.source().hostname(), static_cast<int>(values[0]));
    } else if (!instance_) {
        return 0;
    } else if (name == "xy" && values.size() == 2) {
        set("x", values[0]);
        set("y", values[1]);
    } else if ((name == "x" || name == "y") && values.size() == 1) {
        set(name.c_str(), values[0]);
    } else if (name.starts_with("param/") && values.size() == 1) {
        set(name.c_str() + 6, values[0]);
    } else if (name == "note" && values.size() == 2 && values[0] >= 0 && values[0] < 128) {
        const auto key = static_cast<std::byte>(values[0]);
        const auto velocity = static_cast<std::byte>(std::clamp(values[1], 0.0f, 127.0f));
        instance_->send_midi(std::array{std::byte{0x90}, key, velocity});
    } else {
        return 1;
    }
    return 0;
}

void Osc::listen(const std::string& host, int port) {
    if (port < 1 || port > 65535) return;
    const auto same = [&](const Listener& listener) {
        return listener.address->hostname() == host && listener.address->port() == std::to_string(port);
    };
    std::erase_if(listeners_, same);
    if (listeners_.size() == max_listeners) listeners_.erase(listeners_.begin());
    listeners_.push_back({std::make_unique<lo::Address>(host, std::to_string(port)), {}});
}

void Osc::send_changes() {
    const std::lock_guard lock(mutex_);
    if (!instance_) return;
    for (Listener& listener : listeners_) {
        listener.last_sent.resize(instance_->ports().size(), std::numeric_limits<float>::quiet_NaN());
        for (const Port& port : instance_->ports()) {
            if (!is_parameter(port)) continue;
            const float value = instance_->control(port.index);
            if (value == listener.last_sent[port.index]) continue;
            listener.last_sent[port.index] = value;
            listener.address->send(address_of(port), "f", value);
        }
    }
}

} // namespace timbrel::host
