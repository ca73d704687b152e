// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/parse_note_name.h"

#include "common/note_name.h"

#include <cctype>
#include <cstdlib>
#include <regex>
#include <vector>

namespace timbrel::audio {
namespace {

// Lower case, with ASCII accidentals.
std::string normalised(std::string text) {
    for (const auto& [sign, letter] : {std::pair<std::string, std::string>{"♯", "#"}, {"♭", "b"}})
        for (size_t at; (at = text.find(sign)) != std::string::npos;) text.replace(at, sign.size(), letter);
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::optional<int> in_range(int value, int low, int high) {
    return value >= low && value <= high ? std::optional(value) : std::nullopt;
}

int note_number(const std::smatch& match) {
    const std::string sign = match[2];
    const int shift = sign.empty() ? 0 : sign == "b" ? -1 : 1;
    const char letter = static_cast<char>(std::toupper(match[1].str()[0]));
    return 12 * (std::stoi(match[3]) + 1) + pitch_class_of(letter) + shift;
}

std::vector<std::smatch> all_matches(const std::string& text, const std::regex& pattern) {
    std::vector<std::smatch> found;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back(*at);
    return found;
}

} // namespace

ParsedNoteName parse_note_name(const std::string& stem) {
    using Kind = ParsedNoteName::Kind;
    static const std::regex nsynth("-([0-9]{3})-([0-9]{3})$");
    static const std::regex velocity(
        "(?:^|[^a-z]|[a-g](?:#|s|b)?-?[0-9])(?:v(?=[0-9]{2})|vel|velocity)[ _-]?([0-9]{1,3})(?![0-9])");
    static const std::regex note("(?:\\b|_)([a-g])(#|s|b)?(-1|[0-9])(?=$|[^a-z0-9]|v)");
    static const std::regex prefixed("(?:\\b|_)(midi|note|key|m|n|p)[ _-]?([0-9]{1,3})(?=$|[^a-z0-9]|v)");
    static const std::regex bare("(?:\\b|_)([0-9]{2,3})(?=$|[^a-z0-9#])");

    const std::string text = normalised(stem);
    ParsedNoteName name;
    std::smatch match;
    if (std::regex_search(text, match, nsynth)) {
        name = {Kind::nsynth, in_range(std::stoi(match[1]), 0, 127), in_range(std::stoi(match[2]), 1, 127)};
        if (name.pitch && name.velocity) return name;
        name = {};
    }
    if (std::regex_search(text, match, velocity)) name.velocity = in_range(std::stoi(match[1]), 1, 127);
    const auto take = [&](Kind kind, std::optional<int> pitch) {
        if (!name.pitch && pitch) name.kind = kind, name.pitch = pitch;
    };
    const auto notes = all_matches(text, note);
    for (auto at = notes.rbegin(); at != notes.rend(); ++at) take(Kind::note, in_range(note_number(*at), 0, 127));
    if (std::regex_search(text, match, prefixed))
        take(match[1].length() > 1 ? Kind::numbered : Kind::number, in_range(std::stoi(match[2]), 0, 127));
    const auto numbers = all_matches(text, bare);
    for (const size_t digits : {3u, 2u})
        for (auto at = numbers.rbegin(); at != numbers.rend(); ++at)
            if ((*at)[1].length() == static_cast<std::ptrdiff_t>(digits))
                take(Kind::number, in_range(std::stoi((*at)[1]), 12, 127));
    return name;
}

} // namespace timbrel::audio
