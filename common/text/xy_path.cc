// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/text/xy_path.h"

#include "common/error.h"
#include "common/text_lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

namespace timbrel {

namespace {

constexpr double max_seconds = 1e9; // so that differences of times are exact enough to interpolate

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Reads a file line by line and remembers how it separates columns and writes decimals. Independent of the locale.
class PathReader {
  public:
    explicit PathReader(const std::string& file) : file_(file) {
        std::ifstream in(file, std::ios::binary);
        if (!in) throw Error(file + ": cannot be read; check its name and permissions");
        lines_ = split_lines(std::string{std::istreambuf_iterator<char>(in), {}});
    }

    std::vector<XyPoint> read() {
        std::vector<XyPoint> points;
        for (number_ = 1; number_ <= lines_.size(); ++number_) {
            const std::string_view line = trimmed(lines_[number_ - 1]);
            if (line.empty() || line.front() == '#') continue;
            const std::vector<std::string_view> fields = split(line);
            if (!std::exchange(begun_, true) && is_header(fields)) continue;
            const XyPoint point = read_point(fields);
            if (!points.empty() && point.seconds < points.back().seconds) reject("the times must ascend");
            points.push_back(point);
        }
        if (points.empty()) throw Error(file_ + ": contains no points; write lines of seconds,x,y");
        return points;
    }

  private:
    [[noreturn]] void reject(const char* why) const { throw Error(file_ + ":" + std::to_string(number_) + ": " + why); }

    // The columns of a line. Semicolons separate them if the first line has one, else commas.
    std::vector<std::string_view> split(std::string_view line) {
        if (separator_ == 0) separator_ = line.find(';') == line.npos ? ',' : ';';
        std::vector<std::string_view> fields;
        for (size_t end = line.find(separator_); end != line.npos; end = line.find(separator_)) {
            fields.push_back(trimmed(line.substr(0, end)));
            line.remove_prefix(end + 1);
        }
        fields.push_back(trimmed(line));
        return fields;
    }

    // Whether a line names the columns. Names in another order than that of the columns are refused.
    bool is_header(const std::vector<std::string_view>& fields) const {
        const auto is_name = [](std::string_view field) {
            return !field.empty() && field.find_first_of("0123456789") == field.npos && field != "nan" &&
                   field != "inf";
        };
        if (!std::ranges::all_of(fields, is_name)) return false;
        const auto names = [](std::string_view field, char axis) {
            return field.size() == 1 && (field[0] | 0x20) == axis;
        };
        if (fields.size() != 3 || names(fields[0], 'x') || names(fields[0], 'y') || names(fields[1], 'y'))
            reject("expected the columns seconds,x,y");
        return true;
    }

    XyPoint read_point(const std::vector<std::string_view>& fields) {
        if (separator_ == ',' && fields.size() > 3)
            reject("commas separate more than three columns; with decimal commas separate the columns by semicolons");
        if (fields.size() != 3) reject("expected three numbers: seconds,x,y");
        const double seconds = read_number(fields[0]), x = read_number(fields[1]), y = read_number(fields[2]);
        if (std::abs(seconds) > max_seconds) reject("times may be at most a thousand million seconds");
        if (x < 0 || x > 1 || y < 0 || y > 1) reject("x and y must lie between 0 and 1");
        return {seconds, static_cast<float>(x), static_cast<float>(y)};
    }

    double read_number(std::string_view field) {
        std::string text(field);
        if (const size_t mark = text.find_first_of(".,"); mark != text.npos) {
            if (decimal_ == 0) decimal_ = text[mark];
            if (text.find_first_of(".,", mark + 1) != text.npos || text[mark] != decimal_)
                reject("points and commas are mixed; use one of them for decimals and none for thousands");
            text[mark] = '.';
        }
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
            reject("expected three numbers: seconds,x,y");
        return value;
    }

    std::string file_;
    std::vector<std::string> lines_;
    size_t number_ = 0;                // of the line, from 1
    bool begun_ = false;               // a header or a point was found
    char separator_ = 0, decimal_ = 0; // 0 before the first
};

} // namespace

XyPath XyPath::read(const std::string& file) {
    XyPath path;
    path.points_ = PathReader(file).read();
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
