// SPDX-License-Identifier: GPL-3.0-or-later
// The window's two colour themes. Threads: any; constant data.
#pragma once

#include "plugin/ui/paint/colour.h"

#include <array>
#include <cstddef>

namespace timbrel::ui {

struct Theme {
    bool dark;
    Colour background;        // of the window
    Colour panel;             // of panels, lists and messages
    Colour button;            // of a button that is off
    Colour border;            // of panels and buttons
    Colour text, muted_text;  // on all of the above
    Colour knob_track;        // the unlit arc of a knob
    Colour accent, on_accent; // what is on or turned up, and text on it
    Colour record;
    Colour white_key, black_key, key_line;
    Colour plane_mark;                // names and ridges on the plane
    double ridge_opacity, ridge_fill; // opacity of a ridge's line and of the area below it
    std::array<Colour, 4> corners;    // north-west, north-east, south-west, south-east
};

const Theme& theme(bool dark);

// The colour of corner `index`, counted row by row from the north-west, of a plane with `columns` × `rows` corners.
Colour corner_colour(const Theme& theme, size_t index, size_t columns, size_t rows);

} // namespace timbrel::ui
