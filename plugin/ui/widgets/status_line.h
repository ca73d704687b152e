// The last line: where the plane is played or what the pointer is on, how the instrument does, and the window's own
// three buttons.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <string>

namespace timbrel::ui {

std::string health_text(const Scene& scene);

void draw_status_line(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
