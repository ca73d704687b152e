#include "host/lv2/parameter_settings.h"

#include "common/error.h"

#include <charconv>
#include <cmath>

namespace timbrel::host {

namespace {

std::string names(const Instance& instance) {
    std::string list;
    for (const Port& port : instance.ports())
        if (is_setting(port)) list += (list.empty() ? "" : ", ") + port.symbol;
    return list;
}

std::string text_of(float value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

} // namespace

const Port& find_setting(const Instance& instance, const std::string& what, const std::string& name) {
    const Port* const port = instance.find(name);
    if (port && is_setting(*port)) return *port;
    throw UsageError(what + " " + name + ": no such parameter; there are " + names(instance));
}

std::vector<std::pair<uint32_t, float>> read_settings(const Instance& instance, const std::vector<std::string>& texts) {
    std::vector<std::pair<uint32_t, float>> settings;
    for (const std::string& text : texts) {
        const size_t equals = text.find('=');
        if (equals == text.npos)
            throw UsageError("--set " + text + ": expected NAME=VALUE with one of " + names(instance));
        const Port* const port = &find_setting(instance, "--set", text.substr(0, equals));
        float value = 0;
        const char* const last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data() + equals + 1, last, value);
        if (error != std::errc() || end != last || !(value >= port->minimum && value <= port->maximum))
            throw UsageError("--set " + text + ": expected a number from " + text_of(port->minimum) + " to " +
                             text_of(port->maximum));
        settings.emplace_back(port->index, value);
    }
    return settings;
}

} // namespace timbrel::host
