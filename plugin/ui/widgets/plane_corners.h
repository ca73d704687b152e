// SPDX-License-Identifier: GPL-3.0-or-later
// The corners of the plane as places for sounds: the hint on an empty plane, the corner that dragged files would go to,
// sounds that cannot be baked, a text that is typed, a report, and the progress of a bake. Thread: control (the
// window's); the other functions: any.
#pragma once

#include "plugin/ui/paint/geometry.h"
#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>
#include <string>

namespace timbrel::ui {

void draw_plane_corners(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme);

// The corner at a point of the plane, row by row from the north-west.
size_t corner_at(const BankPicture& bank, engine::PlanePoint position);

// Where a corner is on the screen, and the corner whose menu a click at `point` opens; nothing far from all corners.
Point corner_point(const Rect& plane, const BankPicture& bank, size_t corner);
std::optional<size_t> corner_near(const Rect& plane, const BankPicture& bank, Point point);

// The button that ends a bake.
Rect stop_baking_area(const Rect& plane);
// The button that bakes a missing bank again.
Rect bake_again_area(const Rect& plane);

// One line on the progress, for example "Step 2 of 4 · 35 s left".
std::string bake_text(const BakeStatus& bake);

} // namespace timbrel::ui
