// A picture of a rendered song: its level, its rainbowgram, and the way across the plane on the same axis of time.
#pragma once

#include <string>
#include <vector>

namespace timbrel::audio {

struct PathPoint {
    double seconds, x, y; // x and y 0–1, from west to east and from south to north
};

// Lines of seconds,x,y in ascending time; `#` begins a comment. Throws PictureError with file and line.
std::vector<PathPoint> read_path(const std::string& csv);

// Between the points straight, before and after them constant.
PathPoint path_at(const std::vector<PathPoint>& path, double seconds);

// `corners`: names from the north-west along the rows, none or four. Throws AudioError, PictureError.
void plot_song(const std::string& sound, const std::string& path_csv, const std::string& out,
               const std::vector<std::string>& corners = {});

} // namespace timbrel::audio
