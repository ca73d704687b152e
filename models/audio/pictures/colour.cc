#include "models/audio/pictures/colour.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

struct Lab {
    double l, a, b;
};

double linear(double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }
double encoded(double value) { return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055; }

Lab lab_of(const Colour& colour) {
    const double r = linear(colour.red), g = linear(colour.green), b = linear(colour.blue);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

// Linear light, which may lie outside 0–1.
Colour light_of(const Lab& lab) {
    const double l = std::pow(lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
    const double m = std::pow(lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
    const double s = std::pow(lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool can_be_shown(const Colour& light) {
    const auto fits = [](double value) { return value >= -1e-4 && value <= 1 + 1e-4; };
    return fits(light.red) && fits(light.green) && fits(light.blue);
}

Colour shown(const Colour& light) {
    const auto channel = [](double value) { return encoded(std::clamp(value, 0.0, 1.0)); };
    return {channel(light.red), channel(light.green), channel(light.blue)};
}

} // namespace

Colour oklch(double lightness, double chroma, double hue) {
    const double angle = 2 * std::numbers::pi * hue;
    const auto light = [&](double c) { return light_of({lightness, c * std::cos(angle), c * std::sin(angle)}); };
    double least = 0, most = chroma;
    if (can_be_shown(light(chroma))) return shown(light(chroma));
    for (int step = 0; step < 12; ++step) {
        const double middle = (least + most) / 2;
        (can_be_shown(light(middle)) ? least : most) = middle;
    }
    return shown(light(least));
}

Colour mixed(std::span<const Colour> colours, std::span<const double> shares) {
    Lab sum{0, 0, 0};
    for (size_t i = 0; i < colours.size(); ++i) {
        const Lab lab = lab_of(colours[i]);
        sum.l += shares[i] * lab.l;
        sum.a += shares[i] * lab.a;
        sum.b += shares[i] * lab.b;
    }
    return shown(light_of(sum));
}

} // namespace timbrel::audio
