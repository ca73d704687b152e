// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/osc/osc_packet.h"

#include "common/foreign_text.h"
#include "host/player/osc/osc_argument.h"

#include <lo/lo_cpp.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

namespace timbrel::host {

namespace {

constexpr std::string_view prefix = "/timbrel/", bundle_tag("#bundle\0", 8);
constexpr size_t bundle_head_bytes = 16; // tag and time
constexpr size_t max_name_bytes = 100;
constexpr int max_bundle_depth = 4; // bundles within each other

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

uint32_t big_endian(const char* bytes) {
    uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

// Nothing where the name is no command.
std::optional<OscCommand::Kind> command_of(const std::string& name) {
    static const std::map<std::string, OscCommand::Kind> kinds = {{"learn", OscCommand::Kind::learn},
                                                                  {"forget", OscCommand::Kind::forget},
                                                                  {"save", OscCommand::Kind::save},
                                                                  {"load", OscCommand::Kind::load}};
    const auto kind = kinds.find(name);
    return kind == kinds.end() ? std::nullopt : std::optional(kind->second);
}

class PacketReader {
  public:
    std::vector<OscRequest> read(std::span<char> packet) {
        read_packet(packet, 0);
        return std::move(requests_);
    }

  private:
    void read_packet(std::span<char> packet, int depth) {
        const std::string_view text(packet.data(), packet.size());
        if (text.starts_with(bundle_tag)) {
            if (depth < max_bundle_depth)
                read_bundle(packet.subspan(std::min(packet.size(), bundle_head_bytes)), depth);
            return;
        }
        if (!text.starts_with(prefix) || text.find('\0') == text.npos || text.size() % 4 != 0) return;
        const std::string name = &text[prefix.size()];
        const lo_message message = lo_message_deserialise(packet.data(), packet.size(), nullptr);
        if (message) read_message(name, lo::Message(message));
    }

    void read_bundle(std::span<char> rest, int depth) {
        while (rest.size() > 4) {
            const uint32_t bytes = big_endian(rest.data());
            if (bytes == 0 || bytes > rest.size() - 4) return;
            read_packet(rest.subspan(4, bytes), depth + 1);
            rest = rest.subspan(4 + bytes);
        }
    }

    void read_message(const std::string& name, const lo::Message& message) {
        if (const auto kind = command_of(name); kind && message.types() == "s") {
            const std::string argument = osc_text(message, 0);
            if (argument.size() <= max_name_bytes && printable(argument, max_name_bytes) == argument)
                requests_.push_back(OscCommand{*kind, argument});
            return;
        }
        const std::vector<float> values = numbers(message);
        if (values.empty() || !std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) return;
        if (name == "listen") {
            if (values[0] >= 1 && values[0] <= 65535) requests_.push_back(OscListen{static_cast<int>(values[0])});
        } else if (name == "xy" && values.size() == 2) {
            requests_.push_back(OscControl{"x", values[0]});
            requests_.push_back(OscControl{"y", values[1]});
        } else if ((name == "x" || name == "y") && values.size() == 1) {
            requests_.push_back(OscControl{name, values[0]});
        } else if (name.starts_with("param/") && values.size() == 1) {
            requests_.push_back(OscControl{name.substr(6), values[0]});
        } else if (name == "note" && values.size() == 2 && values[0] >= 0 && values[0] < 128) {
            const float velocity = std::clamp(values[1], 0.0f, 127.0f);
            requests_.push_back(OscNote{static_cast<int>(values[0]), static_cast<int>(velocity)});
        }
    }

    std::vector<OscRequest> requests_;
};

} // namespace

std::vector<OscRequest> read_osc_packet(std::span<char> packet) { return PacketReader().read(packet); }

} // namespace timbrel::host
