// SPDX-License-Identifier: GPL-3.0-or-later
// Points and rectangles in the window's units: pixels at zoom 100 %, Y downwards. Threads: any; pure.
#pragma once

#include <algorithm>

namespace timbrel::ui {

struct Point {
    double x = 0, y = 0;
};

struct Rect {
    double x = 0, y = 0, width = 0, height = 0;

    double right() const { return x + width; }
    double bottom() const { return y + height; }
    Point centre() const { return {x + width / 2, y + height / 2}; }
    bool empty() const { return width <= 0 || height <= 0; }
    bool contains(Point p) const { return p.x >= x && p.x < right() && p.y >= y && p.y < bottom(); }
    Rect inset(double margin) const { return {x + margin, y + margin, width - 2 * margin, height - 2 * margin}; }
};

} // namespace timbrel::ui
