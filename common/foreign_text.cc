// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/foreign_text.h"

#include <cstdint>
#include <cstdio>

namespace timbrel {

namespace {

struct Character {
    uint32_t code;
    size_t bytes;
    bool valid; // otherwise a single byte that is not UTF-8
};

// Decodes the first character of a text that is not empty (RFC 3629: shortest form, no surrogates).
Character first_character(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
    const uint32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {lead, 1, false};
    uint32_t code = lead & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
        code = code << 6 | (byte(i) & 0x3f);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[bytes] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {lead, 1, false};
    return {code, bytes, true};
}

bool is_literal(const Character& character) {
    const uint32_t code = character.code;
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool separator = code == 0x2028 || code == 0x2029;
    const bool direction = code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
                           (code >= 0x2066 && code <= 0x2069);
    return character.valid && !control && !separator && !direction;
}

std::string escaped(const Character& character) {
    if (character.code == '\n') return "\\n";
    if (character.code == '\t') return "\\t";
    char text[16];
    std::snprintf(text, sizeof text, character.code < 0x100 ? "\\x%02x" : "\\u{%04x}", character.code);
    return text;
}

} // namespace

std::string printable(std::string_view text, size_t most) {
    std::string line;
    for (size_t count = 0; !text.empty(); ++count) {
        if (count == most) return line + "…";
        const Character character = first_character(text);
        if (is_literal(character))
            line += text.substr(0, character.bytes);
        else
            line += escaped(character);
        text.remove_prefix(character.bytes);
    }
    return line;
}

std::string without_controls(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        const Character character = first_character(text);
        if (is_literal(character))
            name += text.substr(0, character.bytes);
        else
            name += '_';
        text.remove_prefix(character.bytes);
    }
    return name;
}

} // namespace timbrel
