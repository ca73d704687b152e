// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes and text on a cairo surface, in the window's units. Thread: control (the window's).
#pragma once

#include "plugin/ui/paint/colour.h"
#include "plugin/ui/paint/geometry.h"

#include <cairo.h>

#include <string>
#include <vector>

namespace timbrel::ui {

void set_colour(cairo_t* cairo, const Colour& colour, double opacity = 1);
// Adds the outline to the current path.
void rounded_rect_path(cairo_t* cairo, const Rect& box, double radius);
void fill_rounded_rect(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity = 1);
// Draws a line of one unit just inside `box`.
void stroke_rounded_rect(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity = 1);
void fill_circle(cairo_t* cairo, Point centre, double radius, const Colour& colour, double opacity = 1);

enum class Align { left, centre, right };

struct TextStyle {
    double size = 11; // font size, units
    Colour colour;
    Align align = Align::left;
    bool bold = false;
    double opacity = 1;
    double spacing = 0; // extra space after each letter, units
};

// Draws one line of text (UTF-8), vertically centred in `box`. Text that is too wide is shrunk a little, then cut with
// an ellipsis.
void draw_text(cairo_t* cairo, const Rect& box, const std::string& text, const TextStyle& style);

// The text in lines of this width at most, broken after spaces and slashes, because many texts contain paths.
std::vector<std::string> wrap_text(cairo_t* cairo, const std::string& text, double size, double width);

double text_width(cairo_t* cairo, const std::string& text, double size, bool bold = false);

} // namespace timbrel::ui
