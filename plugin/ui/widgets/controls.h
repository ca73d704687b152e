// Knobs, buttons, and the panels that they stand on.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

namespace timbrel::ui {

// The angle at which a knob points, radians clockwise from the east; 0 and 1 are its ends.
double knob_angle(double share);

void draw_knob(cairo_t* cairo, const Control& control, const Layout& layout, const Scene& scene, const Theme& theme);
void draw_buttons(cairo_t* cairo, const Control& control, const Scene& scene, const Theme& theme);
void draw_panels(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
