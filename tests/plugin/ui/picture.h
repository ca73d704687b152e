// SPDX-License-Identifier: GPL-3.0-or-later
// An image of the window in memory, for tests to read its pixels. Thread: the test's.
#pragma once

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/drawing.h"

#include <cmath>
#include <cstdint>

namespace timbrel::test {

class Picture {
  public:
    Picture(double width, double height, double zoom)
        : zoom_(zoom), surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width * zoom),
                                                           static_cast<int>(height * zoom))),
          cairo_(cairo_create(surface_)) {
        cairo_scale(cairo_, zoom, zoom);
    }
    explicit Picture(const ui::Scene& scene, const ui::Layout& layout, double zoom = 1)
        : Picture(layout.width, layout.height, zoom) {
        ui::PlaneBackground background;
        ui::draw_window(cairo_, layout, scene, background);
    }
    ~Picture() {
        cairo_destroy(cairo_);
        cairo_surface_destroy(surface_);
    }
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    cairo_t* cairo() { return cairo_; }

    ui::Colour at(ui::Point point) const {
        cairo_surface_flush(surface_);
        const auto* const row = cairo_image_surface_get_data(surface_) +
                                static_cast<int>(point.y * zoom_) * cairo_image_surface_get_stride(surface_);
        return ui::rgb(reinterpret_cast<const uint32_t*>(row)[static_cast<int>(point.x * zoom_)] & 0xffffff);
    }

  private:
    double zoom_;
    cairo_surface_t* surface_;
    cairo_t* cairo_;
};

// Euclidean distance in sRGB.
inline double distance(const ui::Colour& a, const ui::Colour& b) {
    return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

inline constexpr double colour_tolerance = 0.02; // largest distance of a pixel from the colour it was filled with

} // namespace timbrel::test
