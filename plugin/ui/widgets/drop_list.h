// SPDX-License-Identifier: GPL-3.0-or-later
// The drop-down list that hangs from the name of the bank, from that of the preset or from the button for random
// values; the menu of a corner. Thread: control (the window's); all but draw_list(): pure.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>

namespace timbrel::ui {

// The button from which the open list hangs; empty for a corner's menu.
Rect list_button(const Layout& layout, DropList::Kind kind);
// The open list; empty while it is closed.
Rect list_area(const Layout& layout, const Scene& scene);
// Whether the list covers the plane; otherwise it covers the panels.
bool list_covers_plane(const Layout& layout, const Scene& scene);
// Number of lines that fit below the button or on the plane, at most the number of lines.
size_t visible_lines(const Layout& layout, const Scene& scene);
// Index of the line at `point`; none for headings.
std::optional<size_t> line_at(const Layout& layout, const Scene& scene, Point point);

void draw_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
