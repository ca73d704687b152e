// Which MIDI sources speak MPE without being asked, by their names. Pure.
#pragma once

#include <regex>
#include <string>

namespace timbrel::host {

// Only instruments that leave the factory so; others announce it by a configuration message, which the plugin hears.
inline bool is_mpe_keyboard(const std::string& source) {
    static const std::regex names("seaboard|lumi keys|osmose|exquis|erae touch|striso|continuum|continumini",
                                  std::regex::extended | std::regex::icase);
    return std::regex_search(source, names);
}

} // namespace timbrel::host
