// A few shapes and words onto a cairo surface. Window thread, like all of this folder.
#pragma once

#include "plugin/ui/paint/colour.h"
#include "plugin/ui/paint/geometry.h"

#include <cairo.h>

#include <string>

namespace timbrel::ui {

void set_colour(cairo_t* cairo, const Colour& colour, double opacity = 1);
void round_path(cairo_t* cairo, const Rect& box, double radius);
void fill_round(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity = 1);
// A line of one unit just inside `box`.
void outline_round(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity = 1);
void fill_disc(cairo_t* cairo, Point centre, double radius, const Colour& colour, double opacity = 1);

enum class Align { left, centre, right };

struct Writing {
    double size = 11; // height of the letters' square
    Colour colour;
    Align align = Align::left;
    bool bold = false;
    double opacity = 1;
    double spacing = 0; // between letters
};

// Writes on one line, centred on the height of `box`; what is too wide is made a little smaller, then cut with an
// ellipsis.
void write(cairo_t* cairo, const Rect& box, const std::string& text, const Writing& writing);

double text_width(cairo_t* cairo, const std::string& text, double size, bool bold = false);

} // namespace timbrel::ui
