// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/paint/theme.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr Theme dark_theme = {
    .dark = true,
    .background = rgb(0x121418),
    .panel = rgb(0x1a1d23),
    .button = rgb(0x14161b),
    .border = rgb(0x2a2f38),
    .text = rgb(0xe8eaee),
    .muted_text = rgb(0x98a0ae),
    .knob_track = rgb(0x30353f),
    .accent = rgb(0xffb454),
    .on_accent = rgb(0x17120a),
    .record = rgb(0xf0503c),
    .white_key = rgb(0xf1f1f3),
    .black_key = rgb(0x16181c),
    .key_line = rgb(0x4a4f59),
    .plane_mark = rgb(0xffffff),
    .ridge_opacity = 0.62,
    .ridge_fill = 0.11,
    .corners = {rgb(0x2c6a8c), rgb(0x8a3f63), rgb(0x2c7c68), rgb(0xb07b2c)},
};

constexpr Theme light_theme = {
    .dark = false,
    .background = rgb(0xf3f2ee),
    .panel = rgb(0xffffff),
    .button = rgb(0xf6f5f1),
    .border = rgb(0xd9d6cd),
    .text = rgb(0x1d2026),
    .muted_text = rgb(0x6d7380),
    .knob_track = rgb(0xdcdad2),
    .accent = rgb(0xc9611a),
    .on_accent = rgb(0xffffff),
    .record = rgb(0xd8402c),
    .white_key = rgb(0xffffff),
    .black_key = rgb(0x2a2d34),
    .key_line = rgb(0xcfccc3),
    .plane_mark = rgb(0x1d2026),
    .ridge_opacity = 0.55,
    .ridge_fill = 0.09,
    .corners = {rgb(0x8fc6e2), rgb(0xeaa3bb), rgb(0x98d9c3), rgb(0xf4cd86)},
};

} // namespace

const Theme& theme(bool dark) { return dark ? dark_theme : light_theme; }

Colour corner_colour(const Theme& theme, size_t index, size_t columns, size_t rows) {
    if (columns <= 2 && rows <= 2) return theme.corners[index / columns * 2 + index % columns];
    // Successive hues differ by the golden ratio, so any number of neighbours stays distinct.
    const double hue = 0.65 + 0.618034 * static_cast<double>(index);
    const double angle = 2 * std::numbers::pi * (hue - std::floor(hue));
    const double lightness = theme.dark ? 0.50 : 0.83, chroma = 0.085;
    return to_srgb({lightness, chroma * std::cos(angle), chroma * std::sin(angle)});
}

} // namespace timbrel::ui
