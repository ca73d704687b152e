// SPDX-License-Identifier: GPL-3.0-or-later
// A picture drawn with cairo and written as PNG (two pixels per unit) or SVG, chosen by the file name's extension.
// Thread: control; one thread at a time per Canvas.
#pragma once

#include "common/atomic_file.h"
#include "common/error.h"
#include "models/audio/pictures/colour.h"

#include <cairo.h>

#include <functional>
#include <memory>
#include <string>

namespace timbrel::audio {

// A picture cannot be drawn. The text is one line that names the file.
struct PictureError : Error {
    using Error::Error;
};

// Throws PictureError unless the name ends in .png or .svg. Lets a program check the name before long work.
void require_picture_name(const std::string& path);

// A rectangle in canvas units; y points down.
struct Box {
    double x, y, width, height;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
};

enum class Align { left, centre, right };

class Canvas {
  public:
    static constexpr double full_density = 2; // pixels per unit of a PNG

    // Creates a temporary file (see AtomicFile) and a picture filled with the background colour. A unit is 1/96 inch.
    // Throws Error if the file cannot be written, otherwise PictureError.
    Canvas(const std::string& path, double width, double height);

    cairo_t* cairo() const { return cairo_.get(); } // owned by the canvas
    void set_colour(const Colour& colour, double alpha = 1) const;

    // Draws text with its base line at `y`; returns its width. Shortens text wider than `max_width` with an ellipsis.
    double text(double x, double y, const std::string& text, double size, const Colour& colour,
                Align align = Align::left, bool bold = false, double max_width = 1e9) const;
    double text_width(const std::string& text, double size, bool bold = false) const;

    void fill(const Box& box, const Colour& colour, double alpha = 1, double radius = 0) const;
    void line(double x0, double y0, double x1, double y1, const Colour& colour, double alpha = 1,
              double width = 1) const;

    // Fills the box with computed pixels. `pixel` gets each pixel's centre, 0–1 (u from the left, v from the top), and
    // `du`, the width of a pixel in u. `density`: pixels per unit in both directions; smooth images need few.
    void image(const Box& box, const std::function<Colour(double u, double v, double du)>& pixel, double radius = 0,
               double density = full_density) const;

    // Completes the file and gives it its name. Throws Error.
    void finish();

  private:
    void rounded_rectangle(const Box& box, double radius) const;

    struct Release {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    };
    bool is_svg_;
    AtomicFile file_; // removes an unfinished file, after surface_ has closed it
    std::unique_ptr<cairo_surface_t, Release> surface_;
    std::unique_ptr<cairo_t, Release> cairo_;
};

} // namespace timbrel::audio
