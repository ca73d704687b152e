#include "models/audio/sources/note_name.h"

#include <cctype>
#include <cstdlib>
#include <regex>
#include <vector>

namespace timbrel::audio {
namespace {

// Signs become what keyboards have, and everything is in lower case.
std::string plain(std::string text) {
    for (const auto& [sign, letter] : {std::pair<std::string, std::string>{"♯", "#"}, {"♭", "b"}})
        for (size_t at; (at = text.find(sign)) != std::string::npos;) text.replace(at, sign.size(), letter);
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::optional<int> within(int value, int low, int high) {
    return value >= low && value <= high ? std::optional(value) : std::nullopt;
}

int note_number(const std::smatch& match) {
    static constexpr int steps[] = {9, 11, 0, 2, 4, 5, 7}; // of a to g above c
    const std::string sign = match[2];
    const int shift = sign.empty() ? 0 : sign == "b" ? -1 : 1;
    return 12 * (std::stoi(match[3]) + 1) + steps[match[1].str()[0] - 'a'] + shift;
}

// Every match that begins a word: after the start or something that is no letter or digit.
std::vector<std::smatch> words(const std::string& text, const std::regex& pattern) {
    std::vector<std::smatch> found;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back(*at);
    return found;
}

} // namespace

NoteName parse_note_name(const std::string& stem) {
    static const std::regex nsynth("-([0-9]{3})-([0-9]{3})$");
    static const std::regex velocity(
        "(?:^|[^a-z]|[a-g](?:#|s|b)?-?[0-9])(?:v(?=[0-9]{2})|vel|velocity)[ _-]?([0-9]{1,3})(?![0-9])");
    static const std::regex note("(?:\\b|_)([a-g])(#|s|b)?(-1|[0-9])(?=$|[^a-z0-9]|v)");
    static const std::regex marked("(?:\\b|_)(?:midi|note|key|m|n|p)[ _-]?([0-9]{1,3})(?=$|[^a-z0-9]|v)");
    static const std::regex bare("(?:\\b|_)([0-9]{2,3})(?=$|[^a-z0-9#])");

    const std::string text = plain(stem);
    NoteName name;
    std::smatch match;
    if (std::regex_search(text, match, nsynth)) {
        name.pitch = within(std::stoi(match[1]), 0, 127);
        name.velocity = within(std::stoi(match[2]), 1, 127);
        name.certain = true;
        if (name.pitch && name.velocity) return name;
        name = {};
    }
    if (std::regex_search(text, match, velocity)) name.velocity = within(std::stoi(match[1]), 1, 127);

    const auto notes = words(text, note);
    for (auto at = notes.rbegin(); at != notes.rend() && !name.pitch; ++at)
        name.pitch = within(note_number(*at), 0, 127);
    if (!name.pitch && std::regex_search(text, match, marked)) name.pitch = within(std::stoi(match[1]), 0, 127);
    name.certain = name.pitch.has_value();
    const auto numbers = words(text, bare);
    for (const size_t digits : {3u, 2u})
        for (auto at = numbers.rbegin(); at != numbers.rend() && !name.pitch; ++at)
            if ((*at)[1].length() == static_cast<std::ptrdiff_t>(digits))
                name.pitch = within(std::stoi((*at)[1]), 12, 127);
    return name;
}

} // namespace timbrel::audio
