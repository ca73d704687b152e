// SPDX-License-Identifier: GPL-3.0-or-later
// The drop-down list of banks, which covers the plane while it is open. Thread: control (the window's).
#pragma once

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cairo.h>

#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

// Lists the banks in the folder of `current_bank` and in all bank folders, each folder under its name. With
// `file_dialog`, a last line offers the host's file dialog. Reads folders.
std::vector<BankListEntry> list_banks(const std::string& current_bank, bool file_dialog);

Rect bank_list_area(const Layout& layout, const Scene& scene);
// Number of lines that fit below the list's button, at most the number of entries.
size_t visible_entries(const Layout& layout, const Scene& scene);
// Index of the entry at `point`; none for headings.
std::optional<size_t> entry_at(const Layout& layout, const Scene& scene, Point point);

void draw_bank_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme);

} // namespace timbrel::ui
