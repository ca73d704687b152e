// The colours of a plane: one for each corner, mixed in OKLab by the corners' shares in between.
#pragma once

#include "models/audio/pictures/canvas.h"
#include "models/audio/pictures/colour.h"

#include <cstddef>
#include <vector>

namespace timbrel::audio {

class PlaneColours {
  public:
    // Corners stand in a lattice, `across` from west to east and `down` from north to south, at least one each way.
    PlaneColours(size_t across, size_t down);

    Colour corner(size_t index) const { return corners_[index]; } // along the rows from the north-west
    Colour at(double x, double y) const;                          // 0–1 from west to east, from south to north

    // Paints `box` as the plane, as bright as `light` (1: as it is).
    void paint(const Canvas& canvas, const Box& box, double light = 1, double radius = 0) const;

  private:
    size_t across_, down_;
    std::vector<Colour> corners_;
};

} // namespace timbrel::audio
