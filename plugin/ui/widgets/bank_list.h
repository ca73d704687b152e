// The list from which a bank is chosen; it lies over the plane while it is open.
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>

namespace timbrel::ui {

// The banks in the folders where they are looked for and beside the one that plays, each folder's under its name; with
// `elsewhere`, a last line for any other file. Reads folders: window thread only.
std::vector<BankChoice> find_choices(const std::string& playing, bool elsewhere);

Rect list_area(const Layout& layout, const Scene& scene);
size_t shown_choices(const Layout& layout, const Scene& scene); // lines that there is room for
std::optional<size_t> choice_at(const Layout& layout, const Scene& scene, Point point);

void draw_bank_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
