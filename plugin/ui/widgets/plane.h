// SPDX-License-Identifier: GPL-3.0-or-later
// The plane: its background, which pictures the bank's sounds, and the overlay of puck, notes, trail and gesture.
// Thread: control (the window's); the two coordinate conversions: any.
#pragma once

#include "plugin/ui/paint/geometry.h"
#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <memory>

namespace timbrel::ui {

// Converts between positions on the plane (0–1) and points in the window (units). A point outside the plane becomes the
// nearest position on its edge.
Point plane_to_window(const Rect& plane, engine::PlanePoint position);
engine::PlanePoint window_to_plane(const Rect& plane, Point point);

// The mixed colours of the corners, each cell's spectrum as a ridge, and the corners' names.
void draw_plane_background(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

// The gesture, the trail, notes away from the puck, the drag ring and the puck.
void draw_plane_overlay(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

// Caches the background as an image, because it changes seldom and the overlay often.
class PlaneBackground {
  public:
    void draw(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

  private:
    struct SurfaceDeleter {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    };
    struct Key {
        double side = 0, zoom = 0;
        bool dark = false;
        int bank_revision = -1;
        bool operator==(const Key&) const = default;
    };
    Key cached_key_;
    std::unique_ptr<cairo_surface_t, SurfaceDeleter> image_;
};

} // namespace timbrel::ui
