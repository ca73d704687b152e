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
constexpr size_t most_listeners = 16, most_wishes = 64;

std::string address_of(const Port& port) {
    const bool place = port.symbol == "x" || port.symbol == "y";
    return std::string(prefix) + (place ? "" : "param/") + port.symbol;
}

// All arguments as numbers; empty when one is none.
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

void Osc::play(Instance* instance) {
    const std::lock_guard lock(mutex_);
    instance_ = instance;
    for (Listener& listener : listeners_) listener.told.clear();
}

bool Osc::set(const char* symbol, float value) {
    const Port* const port = instance_->find(symbol);
    if (!port || !is_setting(*port) || !std::isfinite(value)) return false;
    return instance_->send_control(port->index, std::clamp(value, port->minimum, port->maximum));
}

bool Osc::wish(const std::string& what, const lo::Message& message) {
    if (message.types() != "s") return false;
    static const std::map<std::string, OscWish::What> known = {{"learn", OscWish::What::learn},
                                                               {"forget", OscWish::What::forget},
                                                               {"save", OscWish::What::save},
                                                               {"load", OscWish::What::load}};
    const auto found = known.find(what);
    if (found == known.end() || wishes_.size() == most_wishes) return false;
    wishes_.push_back({found->second, &message.argv()[0]->s});
    return true;
}

std::vector<OscWish> Osc::take_wishes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(wishes_, {});
}

int Osc::receive(const char* path, const lo::Message& message) {
    const std::string_view name = path;
    if (!name.starts_with(prefix)) return 1;
    const std::string what(name.substr(prefix.size()));
    const std::lock_guard lock(mutex_);
    if (wish(what, message)) return 0;
    const std::vector<float> values = numbers(message);
    if (values.empty()) return 1;
    if (what == "listen") {
        listen(message.source().hostname(), static_cast<int>(values[0]));
    } else if (!instance_) {
        return 0;
    } else if (what == "xy" && values.size() == 2) {
        set("x", values[0]);
        set("y", values[1]);
    } else if ((what == "x" || what == "y") && values.size() == 1) {
        set(what.c_str(), values[0]);
    } else if (what.starts_with("param/") && values.size() == 1) {
        set(what.c_str() + 6, values[0]);
    } else if (what == "note" && values.size() == 2 && values[0] >= 0 && values[0] < 128) {
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
    if (listeners_.size() == most_listeners) listeners_.erase(listeners_.begin());
    listeners_.push_back({std::make_unique<lo::Address>(host, std::to_string(port)), {}});
}

void Osc::tell() {
    const std::lock_guard lock(mutex_);
    if (!instance_) return;
    for (Listener& listener : listeners_) {
        listener.told.resize(instance_->ports().size(), std::numeric_limits<float>::quiet_NaN());
        for (const Port& port : instance_->ports()) {
            if (!is_setting(port)) continue;
            const float value = instance_->control(port.index);
            if (value == listener.told[port.index]) continue;
            listener.told[port.index] = value;
            listener.address->send(address_of(port), "f", value);
        }
    }
}

} // namespace timbrel::host
