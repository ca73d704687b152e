// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/xy_path.h"

#include "common/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>

namespace timbrel {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Reads the number before the next comma and removes both from the line. Independent of the locale, because a decimal
// comma would start the next column.
bool read_column(std::string_view& line, double& value) {
    const auto comma = line.find(',');
    const std::string_view field = trimmed(line.substr(0, comma));
    line = comma == line.npos ? std::string_view() : line.substr(comma + 1);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    return error == std::errc() && end == field.data() + field.size() && std::isfinite(value);
}

} // namespace

XyPath XyPath::read(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw Error(file + ": cannot be read; check its name and permissions");
    XyPath path;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        std::string_view rest = trimmed(line);
        if (rest.empty() || rest.front() == '#') continue;
        const auto reject = [&](const char* why) { throw Error(file + ":" + std::to_string(number) + ": " + why); };
        double seconds = 0, x = 0, y = 0;
        if (std::count(rest.begin(), rest.end(), ',') != 2 || !read_column(rest, seconds) || !read_column(rest, x) ||
            !read_column(rest, y))
            reject("expected three numbers: seconds,x,y");
        if (x < 0 || x > 1 || y < 0 || y > 1) reject("x and y must lie between 0 and 1");
        if (!path.points_.empty() && seconds < path.points_.back().seconds) reject("the times must ascend");
        path.points_.push_back({seconds, static_cast<float>(x), static_cast<float>(y)});
    }
    if (path.points_.empty()) throw Error(file + ": contains no points; write lines of seconds,x,y");
    return path;
}

XyPoint XyPath::at(double seconds) const {
    const auto after = std::upper_bound(points_.begin(), points_.end(), seconds,
                                        [](double time, const XyPoint& point) { return time < point.seconds; });
    if (after == points_.begin()) return points_.front();
    if (after == points_.end()) return points_.back();
    const XyPoint& a = *(after - 1);
    const double fraction = (seconds - a.seconds) / (after->seconds - a.seconds);
    return {seconds, static_cast<float>(a.x + fraction * (after->x - a.x)),
            static_cast<float>(a.y + fraction * (after->y - a.y))};
}

} // namespace timbrel
