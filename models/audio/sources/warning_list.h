// SPDX-License-Identifier: GPL-3.0-or-later
// Texts about recordings: formatting and collecting of warnings. Thread: control, worker; one thread at a time.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace timbrel::audio {

// A printf format with one double, up to 159 bytes.
inline std::string format_value(const char* format, double value) {
    char text[160];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

// Warnings in the order of their first occurrence, without repetitions.
class WarningList {
  public:
    void add(std::string text) {
        if (std::ranges::find(texts_, text) == texts_.end()) texts_.push_back(std::move(text));
    }
    const std::vector<std::string>& texts() const { return texts_; }

  private:
    std::vector<std::string> texts_;
};

} // namespace timbrel::audio
