// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of the window, and perceptually even mixing of them in OKLab. Threads: any; pure.
#pragma once

#include "common/oklab.h"

namespace timbrel::ui {

using timbrel::Colour;
using timbrel::OkLab;
using timbrel::rgb;

// Channels outside sRGB are clamped.
inline Colour to_srgb(const OkLab& lab) {
    return clamp_to_srgb(to_linear_rgb(lab, [](double value) { return value * value * value; }));
}

// `weight` of `to`: 0–1.
inline OkLab mix(const OkLab& from, const OkLab& to, double weight) {
    return {from.lightness + (to.lightness - from.lightness) * weight, from.a + (to.a - from.a) * weight,
            from.b + (to.b - from.b) * weight};
}

} // namespace timbrel::ui
