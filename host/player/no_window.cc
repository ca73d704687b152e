// SPDX-License-Identifier: GPL-3.0-or-later
// Replaces host_window.cc in a build with -Dui=disabled.
#include "host/player/host_window.h"

namespace timbrel::host {

std::unique_ptr<HostWindow> make_host_window(const std::string&) { return nullptr; }

} // namespace timbrel::host
