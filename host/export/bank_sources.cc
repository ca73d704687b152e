// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/bank_sources.h"

#include "common/foreign_text.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace timbrel::host {

namespace {

nlohmann::json corners_of(const engine::Bank& bank) {
    return bank.metadata().value("corners", nlohmann::json::array());
}

double number(const nlohmann::json& object, const char* name, double fallback) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : fallback;
}

// `x` and `y`: of a corner of the plane. A corner of the bank without a position is in the middle.
std::string nearest_name(const nlohmann::json& corners, double x, double y, std::string name) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const auto& corner : corners) {
        if (!corner.is_object()) continue;
        const auto found = corner.find("name");
        const double distance = std::hypot(number(corner, "x", 0.5) - x, number(corner, "y", 0.5) - y);
        if (distance >= nearest || found == corner.end() || !found->is_string()) continue;
        nearest = distance;
        name = found->get<std::string>();
    }
    return name;
}

} // namespace

std::string describe_sources(const engine::Bank& bank, const std::string& name) {
    std::string text = "Exported by Timbrel from the bank " + printable(name) + ". Its corners:\n";
    for (const auto& corner : corners_of(bank)) {
        if (!corner.is_object()) continue;
        text += "\n";
        const auto source = corner.value("source", nlohmann::json::object());
        for (const auto& [key, value] : source.items())
            text += printable(key) + ": " +
                    printable(value.is_string() ? value.get<std::string>() : value.dump(), max_printed_line) + "\n";
    }
    return text;
}

std::array<std::string, 4> corner_names(const engine::Bank& bank) {
    const nlohmann::json corners = corners_of(bank);
    return {nearest_name(corners, 0, 1, "nw"), nearest_name(corners, 1, 1, "ne"), nearest_name(corners, 0, 0, "sw"),
            nearest_name(corners, 1, 0, "se")};
}

} // namespace timbrel::host
