// The plane: a picture of its sounds, and what plays on it.
#pragma once

#include "plugin/ui/paint/geometry.h"
#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <memory>

namespace timbrel::ui {

// Between places on the plane and points in the window; a point outside is taken as the nearest edge.
Point point_of(const Rect& plane, engine::PlanePoint place);
engine::PlanePoint place_of(const Rect& plane, Point point);

// The corners' colours, each cell's spectrum as a ridge, and the corners' names.
void draw_plane_ground(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

// Trail, gesture, notes with places of their own, and the puck.
void draw_playing(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

// The ground kept as a picture, because it changes seldom and the puck moves often.
class PlaneGround {
  public:
    void draw(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

  private:
    struct Release {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    };
    struct Key {
        double side = 0, zoom = 0;
        bool dark = false;
        int bank_changes = -1;
        bool operator==(const Key&) const = default;
    };
    Key drawn_;
    std::unique_ptr<cairo_surface_t, Release> picture_;
};

} // namespace timbrel::ui
