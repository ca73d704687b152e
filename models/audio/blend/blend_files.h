// SPDX-License-Identifier: GPL-3.0-or-later
// Blends two sound files into one; the work of `timbrel blend`. Thread: control.
#pragma once

#include "models/audio/blend/cross_synthesis.h"

#include <string>
#include <vector>

namespace timbrel::audio {

struct BlendOptions {
    std::string first, second, out; // sound files; `out` is written
    std::string picture;            // rainbowgrams of first, blend and second, up to one minute; none if empty
    BlendSettings settings;
};

// Reads both files twice, block by block: once to measure them and once to blend. Memory does not grow with their
// length. Both files start together. Writes 32-bit floats, which cannot clip, at the higher of the two sample rates,
// limited to 44.1–96 kHz. The same files and options give the same bytes. Returns warnings, such as of a file that was
// cut short. Throws Error; leaves no partial file.
std::vector<std::string> blend_files(const BlendOptions& options);

} // namespace timbrel::audio
