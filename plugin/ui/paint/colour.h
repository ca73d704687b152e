// Colours, and mixing them as the eye does: in OKLab (Björn Ottosson, "A perceptual color space for image processing",
// 2020).
#pragma once

#include <cstdint>

namespace timbrel::ui {

struct Colour {
    double red = 0, green = 0, blue = 0; // sRGB, 0–1
};

constexpr Colour rgb(uint32_t value) { // 0xrrggbb
    return {(value >> 16 & 255) / 255.0, (value >> 8 & 255) / 255.0, (value & 255) / 255.0};
}

struct Lab {
    double lightness = 0, a = 0, b = 0;
};

Lab lab_of(const Colour& colour);
Colour colour_of(const Lab& lab); // the nearest channel values that can be shown

inline Lab mixed(const Lab& from, const Lab& to, double share) {
    return {from.lightness + (to.lightness - from.lightness) * share, from.a + (to.a - from.a) * share,
            from.b + (to.b - from.b) * share};
}

} // namespace timbrel::ui
