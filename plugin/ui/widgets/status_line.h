// SPDX-License-Identifier: GPL-3.0-or-later
// The bottom line: the puck's position or a description of the hovered control, the plugin's status, and the buttons
// for theme, zoom and computer keyboard. Thread: control (the window's).
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <string>

namespace timbrel::ui {

// Empty before the plugin's first report.
std::string status_text(const Scene& scene);

void draw_status_line(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
