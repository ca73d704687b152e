// SPDX-License-Identifier: GPL-3.0-or-later
// A poster of a bank: its plane in the corners' colours, a spectrum plot of every cell, and rainbowgrams along the
// diagonal. Thread: control.
#pragma once

#include <string>

namespace timbrel::audio {

// Reads the bank file `bank` and writes the picture `path` (.png or .svg). Throws BankError and Error.
void draw_plane(const std::string& bank, const std::string& path);

} // namespace timbrel::audio
