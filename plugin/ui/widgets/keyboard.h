// The keyboard: where its keys are, and how it looks.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>
#include <string>

namespace timbrel::ui {

bool is_black(int key);

// A key's box; a white key's reaches under the black ones.
Rect key_area(const Layout& layout, int key);

struct Stroke {
    int key;      // MIDI note number
    int velocity; // harder towards the near end of the key
};

// What a hand at `point` strikes, if there is a key.
std::optional<Stroke> stroke_at(const Layout& layout, Point point);

void draw_keyboard(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

// "C4" for 60.
std::string key_name(int key);

} // namespace timbrel::ui
