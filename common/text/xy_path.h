// SPDX-License-Identifier: GPL-3.0-or-later
// A path across the plane over time, read from a CSV file. Thread: control.
#pragma once

#include <string>
#include <vector>

namespace timbrel {

struct XyPoint {
    double seconds; // from the start of the song
    float x, y;     // 0 … 1; x = 1 is east, y = 1 is north
};

class XyPath {
  public:
    // A path that stays at one point.
    XyPath(float x, float y) : points_{{0, x, y}} {}

    // Reads lines `seconds,x,y` with ascending times; skips empty lines, lines that begin with #, and a first line of
    // names. Also reads what spreadsheets write: a byte order mark, and semicolons with decimal points or commas.
    // Throws Error with file and line for anything else, also where points and commas are mixed.
    static XyPath read(const std::string& file);

    // The position at a time: linear between two points, the first or last point outside the path. Where two points
    // have the same time, the later line is valid from that time on.
    XyPoint at(double seconds) const;
    double begin() const { return points_.front().seconds; }
    double end() const { return points_.back().seconds; }

  private:
    XyPath() = default;

    std::vector<XyPoint> points_; // never empty
};

} // namespace timbrel
