// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of a plane: one per corner, mixed in OKLab by bilinear weights in between. Thread: control.
#pragma once

#include "models/audio/pictures/canvas.h"
#include "models/audio/pictures/colour.h"

#include <cstddef>
#include <vector>

namespace timbrel::audio {

class PlaneColours {
  public:
    // Corners form a grid of `columns` (west to east) by `rows` (north to south); 0 counts as 1.
    PlaneColours(size_t columns, size_t rows);

    Colour corner(size_t index) const { return corners_[index]; } // row by row from the north-west
    Colour at(double x, double y) const;                          // 0–1 from west to east, from south to north

    // Fills `box` with the plane's colours, mixed with the background by 1 - `brightness`.
    void paint(const Canvas& canvas, const Box& box, double brightness = 1, double radius = 0) const;

  private:
    size_t columns_, rows_;
    std::vector<Colour> corners_;
};

} // namespace timbrel::audio
