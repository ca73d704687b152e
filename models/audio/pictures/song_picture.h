// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of a rendered song: its level, its rainbowgram and its path across the plane, on one time axis.
// Thread: control.
#pragma once

#include <string>
#include <vector>

namespace timbrel::audio {

struct PathPoint {
    double seconds, x, y; // x and y 0–1, from west to east and from south to north
};

// Reads lines of seconds,x,y in ascending time; `#` begins a comment. Throws PictureError with file and line.
std::vector<PathPoint> read_path(const std::string& csv);

// The path's position at `seconds`: linear between the points, constant before the first and after the last.
PathPoint path_at(const std::vector<PathPoint>& path, double seconds);

// Draws the sound file `sound` with the path in `path_csv`. `corners`: none, or the names of the four corners row by
// row from the north-west. Throws Error.
void plot_song(const std::string& sound, const std::string& path_csv, const std::string& out,
               const std::vector<std::string>& corners = {});

} // namespace timbrel::audio
