// SPDX-License-Identifier: GPL-3.0-or-later
// The colour space OKLab, in which equal distances look about equal (Björn Ottosson, "A perceptual color space for
// image processing", 2020). Threads: any; pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timbrel {

struct Colour {
    double red = 0, green = 0, blue = 0; // sRGB, 0–1
};

// `value`: 0xrrggbb.
constexpr Colour rgb(uint32_t value) {
    return {(value >> 16 & 255) / 255.0, (value >> 8 & 255) / 255.0, (value & 255) / 255.0};
}

struct OkLab {
    double lightness = 0; // 0–1
    double a = 0, b = 0;  // green to red, blue to yellow
};

// Linear light; outside 0–1 for colours outside sRGB.
struct LinearRgb {
    double red = 0, green = 0, blue = 0;
};

// The transfer curve of sRGB (IEC 61966-2-1) and its inverse.
inline double srgb_to_linear(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}
inline double linear_to_srgb(double value) {
    return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
}

inline OkLab to_oklab(const Colour& colour) {
    const double r = srgb_to_linear(colour.red), g = srgb_to_linear(colour.green), b = srgb_to_linear(colour.blue);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

// `cube` returns the third power of a number.
template<class Cube>
LinearRgb to_linear_rgb(const OkLab& lab, Cube cube) {
    const double l = cube(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b);
    const double m = cube(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b);
    const double s = cube(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

// Channels outside sRGB are clamped.
inline Colour clamp_to_srgb(const LinearRgb& light) {
    const auto channel = [](double value) { return linear_to_srgb(std::clamp(value, 0.0, 1.0)); };
    return {channel(light.red), channel(light.green), channel(light.blue)};
}

} // namespace timbrel
