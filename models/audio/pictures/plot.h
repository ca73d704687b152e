// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of `timbrel plot`. Thread: control.
#pragma once

#include <string>
#include <vector>

namespace timbrel::audio {

// Draws one bank as a poster, or sound files as rainbowgrams titled by file name. A bank is recognised by its content.
// Throws BankError and Error.
void plot_files(const std::vector<std::string>& files, const std::string& out);

} // namespace timbrel::audio
