// A picture to draw on with cairo, written as PNG (at twice the resolution) or SVG by the ending of its name.
#pragma once

#include "models/audio/pictures/colour.h"

#include <cairo.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace timbrel::audio {

struct PictureError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws PictureError unless the name ends in .png or .svg: for asking before long work.
void require_picture_name(const std::string& path);

struct Box {
    double x, y, width, height;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
};

enum class Align { left, centre, right };

class Canvas {
  public:
    static constexpr double full_density = 2;

    // Filled with the ground colour. Sizes are in units of 1/96 inch. Throws PictureError.
    Canvas(std::string path, double width, double height);
    ~Canvas(); // an unfinished picture is removed

    cairo_t* cairo() const { return cairo_.get(); }
    void colour(const Colour& colour, double alpha = 1) const;

    // `y` is the base line. Returns the width. A text wider than `room` is cut and ends in an ellipsis.
    double text(double x, double y, const std::string& text, double size, const Colour& colour,
                Align align = Align::left, bool bold = false, double room = 1e9) const;
    double text_width(const std::string& text, double size, bool bold = false) const;

    void fill(const Box& box, const Colour& colour, double alpha = 1, double radius = 0) const;
    void line(double x0, double y0, double x1, double y1, const Colour& colour, double alpha = 1,
              double width = 1) const;

    // Fills the box with pixels; `pixel` gets the place of each from 0 to 1, u from the left and v from the top, and
    // `du`, the width of a pixel in u. `density`: pixels per unit each way; what is smooth can do with few.
    void image(const Box& box, const std::function<Colour(double u, double v, double du)>& pixel, double radius = 0,
               double density = full_density) const;

    // Writes PATH.part and renames it. Throws PictureError.
    void finish();

  private:
    void rounded(const Box& box, double radius) const;

    struct Release {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
        void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    };
    std::string path_, beside_;
    bool vector_;
    std::unique_ptr<cairo_surface_t, Release> surface_;
    std::unique_ptr<cairo_t, Release> cairo_;
    bool finished_ = false;
};

} // namespace timbrel::audio
