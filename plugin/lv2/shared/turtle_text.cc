// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/shared/turtle_text.h"

#include <charconv>

namespace timbrel::lv2 {

std::string turtle_number(float value) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
    std::string result(text, end);
    return result.find('.') == result.npos ? result + ".0" : result;
}

std::string turtle_quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n')
            result += "\\n";
        else if (c == '\r')
            result += "\\r";
        else
            result += c;
    }
    return result + '"';
}

} // namespace timbrel::lv2
