// SPDX-License-Identifier: GPL-3.0-or-later
// The piano keyboard: its geometry and its drawing. Thread: control (the window's) for draw_keyboard(); the rest: any.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>
#include <string>

namespace timbrel::ui {

// Keys are MIDI note numbers.
bool is_black_key(int key);

// The key's rectangle; a white key's includes what lies under its black neighbours.
Rect key_area(const Layout& layout, int key);

struct KeyHit {
    int key;
    int velocity; // 40–120, larger towards the key's front edge
};

// The key at `point`, if any.
std::optional<KeyHit> key_hit_at(const Layout& layout, Point point);

void draw_keyboard(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

// "C4" for 60.
std::string key_name(int key);

} // namespace timbrel::ui
