// MIDI sources that speak MPE without being asked, known by their names. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <regex>
#include <string>

namespace timbrel::host {

// Only instruments that leave the factory so; others announce it by a configuration message, which the plugin hears.
inline bool is_mpe_keyboard(const std::string& source) {
    static const std::regex names("seaboard|lumi keys|osmose|exquis|erae touch|striso|continuum|continumini",
                                  std::regex::extended | std::regex::icase);
    return std::regex_search(source, names);
}

// What such a keyboard would send by itself: one zone of 15 channels (registered parameter 6 on channel 1). The null
// parameter ends it, so that a data entry that comes later does not change the zone.
inline constexpr auto mpe_configuration = [] {
    std::array<std::array<std::byte, 3>, 5> messages{};
    const int pairs[][2] = {{101, 0}, {100, 6}, {6, 15}, {101, 127}, {100, 127}};
    for (size_t i = 0; i < messages.size(); ++i)
        messages[i] = {std::byte{0xb0}, std::byte(pairs[i][0]), std::byte(pairs[i][1])};
    return messages;
}();

} // namespace timbrel::host
