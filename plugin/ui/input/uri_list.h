// SPDX-License-Identifier: GPL-3.0-or-later
// Reads lists of dropped files, text/uri-list after RFC 2483. Thread: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace timbrel::ui {

// The paths of the local files and folders in the list, percent encoding resolved. Comments and other URIs are left
// out, and so are paths with a zero byte.
std::vector<std::string> paths_of_uri_list(std::string_view list);

} // namespace timbrel::ui
