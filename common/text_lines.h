// SPDX-License-Identifier: GPL-3.0-or-later
// Splits a text file of any system into lines. Thread: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace timbrel {

// A line ends with LF, with any number of CRs and LF (some programs double the CR), or with CR alone. The end of the
// last line may be missing. A byte order mark of UTF-8 at the beginning is left out.
inline std::vector<std::string> split_lines(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = text.find_first_of("\r\n");
        lines.emplace_back(text.substr(0, end));
        if (end == text.npos) break;
        const size_t feed = text.find_first_not_of('\r', end);
        text.remove_prefix(feed != text.npos && text[feed] == '\n' ? feed + 1 : end + 1);
    }
    return lines;
}

} // namespace timbrel
