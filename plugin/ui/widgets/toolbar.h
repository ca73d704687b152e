// SPDX-License-Identifier: GPL-3.0-or-later
// The row of buttons for the sound as a whole: preset, undo and redo, A/B, copy, random and initial values. Thread:
// control (the window's).
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <string>

namespace timbrel::ui {

void draw_toolbar(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

// A field in which text is typed; `advice` shows while it is empty.
void draw_text_field(cairo_t* cairo, const Rect& box, const std::string& text, const char* advice, const Theme& theme);

// An arrow that points down, for a button from which a list hangs.
void draw_list_arrow(cairo_t* cairo, const Rect& box, const Theme& theme);

// What the button at `point` does, for the status line; empty outside the buttons.
std::string toolbar_hint(const Layout& layout, const Scene& scene, Point point);

} // namespace timbrel::ui
