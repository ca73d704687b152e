// A way across the plane over time, read from a CSV file. Offline use only.
#pragma once

#include <string>
#include <vector>

namespace timbrel {

struct XyPoint {
    double seconds; // from the song's start
    float x, y;     // 0 … 1; x = 1 is east, y = 1 is north
};

class XyPath {
  public:
    // One place that is never left.
    XyPath(float x, float y) : points_{{0, x, y}} {}

    // Lines `seconds,x,y` in ascending order of time; empty lines and lines that begin with # are skipped. Throws
    // Error, naming file and line, for anything else.
    static XyPath read(const std::string& file);

    // The place at a time: linear between two points, the first or last point outside them. Of two points at the same
    // time the later line counts from then on.
    XyPoint at(double seconds) const;
    double begin() const { return points_.front().seconds; }
    double end() const { return points_.back().seconds; }

  private:
    XyPath() = default;

    std::vector<XyPoint> points_; // never empty
};

} // namespace timbrel
