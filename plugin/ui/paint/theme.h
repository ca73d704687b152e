// The window's two sets of colours. Constant data.
#pragma once

#include "plugin/ui/paint/colour.h"

#include <array>
#include <cstddef>

namespace timbrel::ui {

struct Theme {
    bool dark;
    Colour ground, panel, well, line; // behind all, of panels, of boxes and buttons, around them
    Colour text, quiet;               // on all of these
    Colour track;                     // the unlit part of a knob
    Colour accent, on_accent;         // what is on or turned up, and text upon it
    Colour record;
    Colour white_key, black_key, key_line;
    Colour mark;                   // names and ridges on the plane
    double ridge_line, ridge_fill; // how opaque
    std::array<Colour, 4> corners; // north-west, north-east, south-west, south-east
};

const Theme& theme(bool dark);

// The colour of a corner, counted along the rows from the north-west, of a plane with `across` × `down` corners.
Colour corner_colour(const Theme& theme, size_t index, size_t across, size_t down);

} // namespace timbrel::ui
