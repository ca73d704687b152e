// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI keyboards that send MPE without announcing it, recognised by name. Threads: any but audio; pure.
#pragma once

#include <array>
#include <cstddef>
#include <regex>
#include <string>

namespace timbrel::host {

// Matches only instruments that send MPE by default; others send a configuration message, which the plugin handles.
inline bool is_mpe_keyboard(const std::string& source) {
    static const std::regex names("seaboard|lumi keys|osmose|exquis|erae touch|striso|continuum|continumini",
                                  std::regex::extended | std::regex::icase);
    return std::regex_search(source, names);
}

// The MPE configuration message such a keyboard would send: one zone of 15 channels (registered parameter 6 on channel
// 1). The null parameter follows, so that a later data entry does not change the zone.
inline constexpr auto mpe_configuration = [] {
    std::array<std::array<std::byte, 3>, 5> messages{};
    const int pairs[][2] = {{101, 0}, {100, 6}, {6, 15}, {101, 127}, {100, 127}};
    for (size_t i = 0; i < messages.size(); ++i)
        messages[i] = {std::byte{0xb0}, std::byte(pairs[i][0]), std::byte(pairs[i][1])};
    return messages;
}();

} // namespace timbrel::host
