// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of the pictures, and perceptually even mixing of them in OKLab. Threads: any; pure.
#pragma once

#include "common/oklab.h"

#include <span>

namespace timbrel::audio {

// Lightness 0–1, chroma from 0 (grey) to about 0.3, hue in turns (0 is pinkish red). Reduces chroma until the colour
// fits into sRGB.
Colour oklch(double lightness, double chroma, double hue);

// The weighted mean in OKLab. `weights` has one value per colour; they sum to 1.
Colour mix_colours(std::span<const Colour> colours, std::span<const double> weights);

// Colours that all pictures share.
namespace palette {
inline constexpr Colour background = rgb(0x121418), panel = rgb(0x1a1d23), line = rgb(0x2a2f38), text = rgb(0xe8eaee),
                        muted_text = rgb(0x8b93a1), accent = rgb(0xffb454);
inline constexpr Colour corners[4] = {rgb(0x2c6a8c), rgb(0x8a3f63), rgb(0x2c7c68),
                                      rgb(0xb07b2c)}; // north-west, north-east, south-west, south-east
} // namespace palette

} // namespace timbrel::audio
