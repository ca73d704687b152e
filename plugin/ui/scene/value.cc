// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/scene/value.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace timbrel::ui {

namespace {

// Times from zero on: a cubic curve, because their useful values lie near the lower end.
bool is_time_from_zero(const engine::ParameterInfo& parameter_info) {
    const std::string_view unit = parameter_info.unit;
    return parameter_info.scale == engine::Scale::linear && parameter_info.minimum == 0 &&
           (unit == "s" || unit == "ms");
}

// Intervals in both directions: a cubic curve, too, for the cents of a vibrato next to an octave.
bool is_wide_interval(const engine::ParameterInfo& parameter_info) {
    return std::string_view(parameter_info.unit) == "cents" && parameter_info.minimum < -100;
}

std::string_view short_unit(std::string_view unit) {
    if (unit == "semitones") return "st";
    if (unit == "cents") return "ct";
    if (unit == "octaves") return "oct";
    if (unit == "voices") return "";
    return unit;
}

} // namespace

double knob_position(engine::Parameter parameter, float value) {
    const engine::ParameterInfo& parameter_info = info(parameter);
    const double low = parameter_info.minimum, high = parameter_info.maximum;
    double position = (value - low) / (high - low);
    if (parameter_info.scale == engine::Scale::logarithmic) position = std::log(value / low) / std::log(high / low);
    if (is_time_from_zero(parameter_info)) position = std::cbrt(value / high);
    if (is_wide_interval(parameter_info)) position = 0.5 + 0.5 * std::cbrt(value / high);
    return std::clamp(position, 0.0, 1.0);
}

float knob_value(engine::Parameter parameter, double position) {
    const engine::ParameterInfo& parameter_info = info(parameter);
    const double low = parameter_info.minimum, high = parameter_info.maximum;
    position = std::clamp(position, 0.0, 1.0);
    double value = low + (high - low) * position;
    if (parameter_info.scale == engine::Scale::logarithmic) value = low * std::pow(high / low, position);
    if (is_time_from_zero(parameter_info)) value = high * position * position * position;
    if (is_wide_interval(parameter_info)) value = high * std::pow(2 * position - 1, 3);
    return clamped(parameter, static_cast<float>(value));
}

bool same_value(engine::Parameter parameter, float a, float b) {
    constexpr double tolerance = 1e-5; // of the knob's way
    return std::fabs(knob_position(parameter, a) - knob_position(parameter, b)) <= tolerance;
}

std::string format_number(double value, int decimals) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr;
    const std::string_view digits(text, static_cast<size_t>(end - text));
    // U+2212, which is as wide as the plus sign; no sign before a zero.
    if (digits.starts_with('-'))
        return digits.find_first_of("123456789") == digits.npos ? std::string(digits.substr(1))
                                                                : "−" + std::string(digits.substr(1));
    return std::string(digits);
}

std::string format_value(engine::Parameter parameter, float value) {
    const engine::ParameterInfo& parameter_info = info(parameter);
    constexpr size_t max_label = 6; // bytes; a longer label does not replace its number
    for (const engine::ScalePoint& point : parameter_info.points)
        if (point.value == value &&
            (parameter_info.scale == engine::Scale::enumeration || std::string_view(point.label).size() <= max_label))
            return point.label;
    if (parameter == engine::Parameter::level && value <= parameter_info.minimum) return "silent";
    std::string unit(short_unit(parameter_info.unit));
    double shown = value;
    if (unit == "Hz" && shown >= 1000) shown /= 1000, unit = "kHz";
    if (unit == "s" && shown < 0.9995) shown *= 1000, unit = "ms";
    if (unit == "ms" && shown >= 999.5) shown /= 1000, unit = "s";
    const double magnitude = std::fabs(shown);
    int decimals = magnitude < 0.9995 ? 2 : magnitude < 9.995 ? 1 : 0;
    if (parameter_info.scale == engine::Scale::integer || unit == "%" || unit == "ct" || unit == "ms") decimals = 0;
    if (unit == "dB") decimals = magnitude < 9.95 ? 1 : 0;
    if (shown == 0) decimals = 0;
    const bool bipolar = parameter_info.minimum < 0 && parameter_info.maximum > 0;
    std::string text = (bipolar && shown > 0 ? "+" : "") + format_number(shown, decimals);
    return unit.empty() ? text : text + " " + unit;
}

bool is_switch(engine::Parameter parameter) {
    const engine::ParameterInfo& parameter_info = info(parameter);
    return parameter_info.scale == engine::Scale::enumeration && parameter_info.points.size() == 2 &&
           std::string_view(parameter_info.points[0].label) == "Off";
}

} // namespace timbrel::ui
