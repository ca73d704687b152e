// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/source_options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

namespace timbrel {
namespace {

constexpr std::string_view gain_prefix = "gain=", tune_prefix = "tune=", name_prefix = "name=";

// Independent of the locale.
std::optional<double> parse_number(std::string_view text, double low, double high) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= low && value <= high)) return {};
    return value;
}

std::string number_text(double value) {
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) text += c == ':' ? "%3A" : c == '%' ? "%25" : std::string(1, c);
    return text;
}

std::string unescaped(std::string_view text) {
    std::string name;
    for (size_t i = 0; i < text.size(); ++i) {
        const std::string_view code = text.substr(i, 3);
        const bool colon = code == "%3A", percent = code == "%25";
        name += colon ? ':' : text[i];
        if (colon || percent) i += 2;
    }
    return name;
}

// Takes one option from the beginning of `rest`; false if none is there.
bool take_option(std::string_view& rest, SourceOptions& options) {
    const size_t end = rest.find(':');
    if (end == rest.npos || end + 1 == rest.size()) return false;
    const std::string_view value = rest.substr(gain_prefix.size(), end - std::min(end, gain_prefix.size()));
    if (rest.starts_with(gain_prefix) && options.gain == 0) {
        const auto gain = parse_number(value, min_source_gain, max_source_gain);
        if (!gain) return false;
        options.gain = *gain;
    } else if (rest.starts_with(tune_prefix) && options.tune == 0) {
        const auto tune = parse_number(value, -max_source_tune, max_source_tune);
        if (!tune) return false;
        options.tune = *tune;
    } else if (rest.starts_with(name_prefix) && options.name.empty()) {
        options.name = unescaped(value);
    } else {
        return false;
    }
    rest.remove_prefix(end + 1);
    return true;
}

bool is_number(std::string_view text, size_t most_digits) {
    return !text.empty() && text.size() <= most_digits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// FONT of FONT.sf2:BANK:PRESET; anything else as it is.
std::string_view without_preset(std::string_view source) {
    const size_t preset = source.rfind(':');
    const size_t bank = preset == source.npos || preset == 0 ? source.npos : source.rfind(':', preset - 1);
    if (bank == source.npos || !is_number(source.substr(preset + 1), 3) ||
        !is_number(source.substr(bank + 1, preset - bank - 1), 5))
        return source;
    std::string ending(source.substr(0, bank).substr(bank - std::min<size_t>(bank, 4)));
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return ending == ".sf2" || ending == ".sf3" ? source.substr(0, bank) : source;
}

} // namespace

SourceOptions split_source(std::string_view notation) {
    SourceOptions options;
    while (take_option(notation, options)) {
    }
    options.source = notation;
    return options;
}

bool is_malformed(const SourceOptions& options) {
    return options.source.starts_with(gain_prefix) || options.source.starts_with(tune_prefix) ||
           options.source.starts_with(name_prefix);
}

std::string join_source(const SourceOptions& options) {
    std::string text;
    const auto add = [&](std::string_view prefix, const std::string& value) {
        text.append(prefix).append(value).append(1, ':');
    };
    if (options.gain != 0) add(gain_prefix, number_text(options.gain));
    if (options.tune != 0) add(tune_prefix, number_text(options.tune));
    if (!options.name.empty()) add(name_prefix, escaped(options.name));
    return text + options.source;
}

std::string source_file(std::string_view notation) {
    const std::string whole = split_source(notation).source;
    std::string_view source = whole;
    if (source.starts_with("lv2:")) return {};
    if (const size_t end = source.find(':'); source.starts_with("octaves=") && end != source.npos)
        source.remove_prefix(end + 1);
    return std::string(without_preset(source));
}

} // namespace timbrel
