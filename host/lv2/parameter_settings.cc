// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/parameter_settings.h"

#include "common/error.h"

#include <charconv>
#include <cmath>

namespace timbrel::host {

namespace {

std::string parameter_names(const Instance& instance) {
    std::string list;
    for (const Port& port : instance.ports())
        if (is_parameter(port)) list += (list.empty() ? "" : ", ") + port.symbol;
    return list;
}

std::string to_text(float value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

} // namespace

const Port& find_parameter(const Instance& instance, const std::string& option, const std::string& name) {
    const Port* const port = instance.find(name);
    if (port && is_parameter(*port)) return *port;
    throw UsageError(option + " " + name + ": no such parameter; there are " + parameter_names(instance));
}

std::vector<std::pair<uint32_t, float>> parse_settings(const Instance& instance,
                                                       const std::vector<std::string>& assignments) {
    std::vector<std::pair<uint32_t, float>> settings;
    for (const std::string& text : assignments) {
        const size_t equals = text.find('=');
        if (equals == text.npos)
            throw UsageError("--set " + text + ": expected NAME=VALUE with one of " + parameter_names(instance));
        const Port* const port = &find_parameter(instance, "--set", text.substr(0, equals));
        float value = 0;
        const char* const last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data() + equals + 1, last, value);
        if (error != std::errc() || end != last || !(value >= port->minimum && value <= port->maximum))
            throw UsageError("--set " + text + ": expected a number from " + to_text(port->minimum) + " to " +
                             to_text(port->maximum));
        settings.emplace_back(port->index, value);
    }
    return settings;
}

} // namespace timbrel::host
