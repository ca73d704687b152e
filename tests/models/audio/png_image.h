// SPDX-License-Identifier: GPL-3.0-or-later
// Reads PNG files back, for tests of pictures. Threads: any; pure.
#pragma once

#include "models/audio/pictures/colour.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace timbrel::audio {

class PngImage {
  public:
    explicit PngImage(const std::string& path)
        : surface_(cairo_image_surface_create_from_png(path.c_str()), cairo_surface_destroy) {}

    int width() const { return cairo_image_surface_get_width(surface_.get()); } // 0 if it could not be read
    int height() const { return cairo_image_surface_get_height(surface_.get()); }

    Colour at(int x, int y) const {
        uint32_t value;
        std::memcpy(&value,
                    cairo_image_surface_get_data(surface_.get()) + y * cairo_image_surface_get_stride(surface_.get()) +
                        4 * x,
                    4);
        return rgb(value & 0xffffff);
    }

  private:
    std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
};

inline double brightness(const Colour& colour) { return std::max({colour.red, colour.green, colour.blue}); }

inline double colour_distance(const Colour& a, const Colour& b) {
    return std::max({std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
}

} // namespace timbrel::audio
