// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of the list of banks. Thread: control (the window's).
#pragma once

#include "plugin/ui/scene/scene.h"

#include <string>
#include <vector>

namespace timbrel::ui {

// Lists the banks in the folder of `current_bank` and in all bank folders, each folder under its name. With
// `file_dialog`, a last line offers the host's file dialog. Reads folders.
std::vector<ListLine> list_banks(const std::string& current_bank, bool file_dialog);

} // namespace timbrel::ui
