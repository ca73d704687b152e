// SPDX-License-Identifier: GPL-3.0-or-later
// The letter of a key, for typing names. Thread: any; pure.
#pragma once

#include <string>

namespace timbrel::ui {

// The letter of an X keysym as UTF-8: those of Latin-1 and those that X names by their Unicode number. Empty for other
// keys.
inline std::string text_of_key(unsigned long keysym) {
    constexpr unsigned long unicode = 0x01000000, largest = 0x10ffff;
    unsigned long letter = 0;
    if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) letter = keysym;
    if (keysym > unicode + 0xff && keysym <= unicode + largest) letter = keysym - unicode;
    if (letter == 0) return {};
    std::string text;
    const auto add = [&](unsigned long bits) { text += static_cast<char>(bits); };
    if (letter < 0x80) {
        add(letter);
    } else if (letter < 0x800) {
        add(0xc0 | letter >> 6);
        add(0x80 | (letter & 0x3f));
    } else if (letter < 0x10000) {
        add(0xe0 | letter >> 12);
        add(0x80 | (letter >> 6 & 0x3f));
        add(0x80 | (letter & 0x3f));
    } else {
        add(0xf0 | letter >> 18);
        add(0x80 | (letter >> 12 & 0x3f));
        add(0x80 | (letter >> 6 & 0x3f));
        add(0x80 | (letter & 0x3f));
    }
    return text;
}

} // namespace timbrel::ui
