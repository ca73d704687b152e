// Colours, and mixing them as the eye does: in OKLab (Björn Ottosson, "A perceptual color space for image processing",
// 2020).
#pragma once

#include <cstdint>
#include <span>

namespace timbrel::audio {

struct Colour {
    double red = 0, green = 0, blue = 0; // sRGB, 0–1
};

constexpr Colour colour(uint32_t rgb) { // 0xrrggbb
    return {(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0};
}

// Lightness 0–1, chroma from 0 (grey) to about 0.3, hue in turns (0 is pinkish red). Chroma is lowered until the colour
// can be shown.
Colour oklch(double lightness, double chroma, double hue);

// The mean in OKLab; `shares` sum to 1.
Colour mixed(std::span<const Colour> colours, std::span<const double> shares);

// What the pictures are painted with.
namespace paint {
inline constexpr Colour ground = colour(0x121418), panel = colour(0x1a1d23), line = colour(0x2a2f38),
                        text = colour(0xe8eaee), quiet = colour(0x8b93a1), accent = colour(0xffb454);
inline constexpr Colour corners[4] = {colour(0x2c6a8c), colour(0x8a3f63), colour(0x2c7c68),
                                      colour(0xb07b2c)}; // nw ne sw se
} // namespace paint

} // namespace timbrel::audio
