// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing of knobs, buttons and the panels that hold them. Thread: control (the window's); knob_angle(): any.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

namespace timbrel::ui {

// The direction of a knob's pointer, radians clockwise from the east. `position`: 0 (left end) to 1 (right end).
double knob_angle(double position);

void draw_knob(cairo_t* cairo, const Control& control, const Layout& layout, const Scene& scene, const Theme& theme);
// All buttons of one control; draws nothing for a knob.
void draw_buttons(cairo_t* cairo, const Control& control, const Scene& scene, const Theme& theme);
void draw_panels(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
