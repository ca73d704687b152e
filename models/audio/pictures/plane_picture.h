// A poster of a bank: its plane in the corners' colours, every cell's sound on it, and rainbowgrams along a walk
// across.
#pragma once

#include <string>

namespace timbrel::audio {

// Reads `bank` and writes `path` (.png or .svg). Throws BankError, PictureError.
void draw_plane(const std::string& bank, const std::string& path);

} // namespace timbrel::audio
