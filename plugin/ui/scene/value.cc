#include "plugin/ui/scene/value.h"

#include <charconv>
#include <cmath>
#include <string_view>

namespace timbrel::ui {

namespace {

struct ShortName {
    std::string_view symbol;
    const char* name;
};

constexpr ShortName short_names[] = {{"glide", "Glide"},
                                     {"velocity_sensitivity", "Velocity"},
                                     {"velocity_curve", "Curve"},
                                     {"bend_range", "Bend"},
                                     {"polyphony", "Voices"},
                                     {"cutoff_key", "By key"},
                                     {"cutoff_velocity", "By vel"},
                                     {"resonance", "Reso"},
                                     {"vibrato_rate", "Vib rate"},
                                     {"natural_vibrato", "Nat vib"},
                                     {"portamento", "Slide"},
                                     {"pressure_x", "Press X"},
                                     {"pressure_y", "Press Y"},
                                     {"timbre_x", "Timbre X"},
                                     {"timbre_y", "Timbre Y"},
                                     {"key_x", "Key X"},
                                     {"key_y", "Key Y"},
                                     {"velocity_x", "Vel X"},
                                     {"velocity_y", "Vel Y"},
                                     {"orbit_rate", "Orbit"},
                                     {"orbit_reach", "Reach"},
                                     {"wander_rate", "Wander"},
                                     {"wander_reach", "Range"},
                                     {"gesture_sync", "Length"},
                                     {"orbit_sync", "Turn"},
                                     {"release_velocity", "Release"}};

// Times that begin at nothing: most of what matters lies near their lower end.
bool is_time_from_zero(const engine::ParameterInfo& about) {
    const std::string_view unit = about.unit;
    return about.scale == engine::Scale::linear && about.minimum == 0 && (unit == "s" || unit == "ms");
}

std::string_view short_unit(std::string_view unit) {
    if (unit == "semitones") return "st";
    if (unit == "cents") return "ct";
    if (unit == "octaves") return "oct";
    if (unit == "voices") return "";
    return unit;
}

} // namespace

double share_of(engine::Parameter parameter, float value) {
    const engine::ParameterInfo& about = info(parameter);
    const double low = about.minimum, high = about.maximum;
    double share = (value - low) / (high - low);
    if (about.scale == engine::Scale::logarithmic) share = std::log(value / low) / std::log(high / low);
    if (is_time_from_zero(about)) share = std::cbrt(value / high);
    return std::clamp(share, 0.0, 1.0);
}

float value_at(engine::Parameter parameter, double share) {
    const engine::ParameterInfo& about = info(parameter);
    const double low = about.minimum, high = about.maximum;
    share = std::clamp(share, 0.0, 1.0);
    double value = low + (high - low) * share;
    if (about.scale == engine::Scale::logarithmic) value = low * std::pow(high / low, share);
    if (is_time_from_zero(about)) value = high * share * share * share;
    return clamped(parameter, static_cast<float>(value));
}

std::string number_text(double value, int decimals) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr;
    const std::string_view digits(text, static_cast<size_t>(end - text));
    // A minus sign as wide as the plus, and none before a zero.
    if (digits.starts_with('-'))
        return digits.find_first_of("123456789") == digits.npos ? std::string(digits.substr(1))
                                                                : "−" + std::string(digits.substr(1));
    return std::string(digits);
}

std::string value_text(engine::Parameter parameter, float value) {
    const engine::ParameterInfo& about = info(parameter);
    constexpr size_t longest_label = 6; // of those that stand for a number
    for (const engine::ScalePoint& point : about.points)
        if (point.value == value &&
            (about.scale == engine::Scale::enumeration || std::string_view(point.label).size() <= longest_label))
            return point.label;
    if (parameter == engine::Parameter::level && value <= about.minimum) return "silent";
    std::string unit(short_unit(about.unit));
    double shown = value;
    if (unit == "Hz" && shown >= 1000) shown /= 1000, unit = "kHz";
    if (unit == "s" && shown < 0.9995) shown *= 1000, unit = "ms";
    if (unit == "ms" && shown >= 999.5) shown /= 1000, unit = "s";
    const double size = std::fabs(shown);
    int decimals = size < 0.9995 ? 2 : size < 9.995 ? 1 : 0;
    if (about.scale == engine::Scale::integer || unit == "%" || unit == "ct" || unit == "ms") decimals = 0;
    if (unit == "dB") decimals = size < 9.95 ? 1 : 0;
    if (shown == 0) decimals = 0;
    const bool both_ways = about.minimum < 0 && about.maximum > 0;
    std::string text = (both_ways && shown > 0 ? "+" : "") + number_text(shown, decimals);
    return unit.empty() ? text : text + " " + unit;
}

std::string short_name(engine::Parameter parameter) {
    for (const auto& [symbol, name] : short_names)
        if (symbol == info(parameter).symbol) return name;
    return info(parameter).name;
}

bool is_switch(engine::Parameter parameter) {
    const engine::ParameterInfo& about = info(parameter);
    return about.scale == engine::Scale::enumeration && about.points.size() == 2 &&
           std::string_view(about.points[0].label) == "Off";
}

} // namespace timbrel::ui
