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

// Not by the locale's rules: a decimal comma would be read as the next column.
bool take_number(std::string_view& line, double& value) {
    const auto comma = line.find(',');
    const std::string_view field = trimmed(line.substr(0, comma));
    line = comma == line.npos ? std::string_view() : line.substr(comma + 1);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    return error == std::errc() && end == field.data() + field.size() && std::isfinite(value);
}

} // namespace

XyPath XyPath::read(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw Error(file + ": cannot be read; check the name and the rights");
    XyPath path;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        std::string_view rest = trimmed(line);
        if (rest.empty() || rest.front() == '#') continue;
        const auto refuse = [&](const char* why) { throw Error(file + ":" + std::to_string(number) + ": " + why); };
        double seconds = 0, x = 0, y = 0;
        if (std::count(rest.begin(), rest.end(), ',') != 2 || !take_number(rest, seconds) || !take_number(rest, x) ||
            !take_number(rest, y))
            refuse("expected three numbers: seconds,x,y");
        if (x < 0 || x > 1 || y < 0 || y > 1) refuse("x and y must lie between 0 and 1");
        if (!path.points_.empty() && seconds < path.points_.back().seconds) refuse("the times must ascend");
        path.points_.push_back({seconds, static_cast<float>(x), static_cast<float>(y)});
    }
    if (path.points_.empty()) throw Error(file + ": holds no point; write lines of seconds,x,y");
    return path;
}

XyPoint XyPath::at(double seconds) const {
    const auto after = std::upper_bound(points_.begin(), points_.end(), seconds,
                                        [](double time, const XyPoint& point) { return time < point.seconds; });
    if (after == points_.begin()) return points_.front();
    if (after == points_.end()) return points_.back();
    const XyPoint& a = *(after - 1);
    const double share = (seconds - a.seconds) / (after->seconds - a.seconds);
    return {seconds, static_cast<float>(a.x + share * (after->x - a.x)),
            static_cast<float>(a.y + share * (after->y - a.y))};
}

} // namespace timbrel
