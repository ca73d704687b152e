// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/colour.h"

#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

LinearRgb light_of(const OkLab& lab) {
    // std::pow, because products round differently in the last bit and would change published pictures.
    return to_linear_rgb(lab, [](double value) { return std::pow(value, 3); });
}

bool in_gamut(const LinearRgb& light) {
    const auto fits = [](double value) { return value >= -1e-4 && value <= 1 + 1e-4; };
    return fits(light.red) && fits(light.green) && fits(light.blue);
}

} // namespace

Colour oklch(double lightness, double chroma, double hue) {
    const double angle = 2 * std::numbers::pi * hue;
    const auto light = [&](double c) { return light_of({lightness, c * std::cos(angle), c * std::sin(angle)}); };
    double low = 0, high = chroma;
    if (in_gamut(light(chroma))) return clamp_to_srgb(light(chroma));
    for (int step = 0; step < 12; ++step) {
        const double middle = (low + high) / 2;
        (in_gamut(light(middle)) ? low : high) = middle;
    }
    return clamp_to_srgb(light(low));
}

Colour mix_colours(std::span<const Colour> colours, std::span<const double> weights) {
    OkLab sum{0, 0, 0};
    for (size_t i = 0; i < colours.size(); ++i) {
        const OkLab lab = to_oklab(colours[i]);
        sum.lightness += weights[i] * lab.lightness;
        sum.a += weights[i] * lab.a;
        sum.b += weights[i] * lab.b;
    }
    return clamp_to_srgb(light_of(sum));
}

} // namespace timbrel::audio
