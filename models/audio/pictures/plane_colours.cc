// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/plane_colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::audio {

PlaneColours::PlaneColours(size_t columns, size_t rows)
    : columns_(std::max<size_t>(1, columns)), rows_(std::max<size_t>(1, rows)) {
    // Larger maps space their hues by the golden section, so that neighbouring corners differ.
    for (size_t i = 0; i < columns_ * rows_; ++i) {
        const double hue = 0.65 + 0.381966 * static_cast<double>(i);
        corners_.push_back(columns_ * rows_ <= 4 ? palette::corners[i] : oklch(0.52, 0.1, hue - std::floor(hue)));
    }
}

Colour PlaneColours::at(double x, double y) const {
    const auto lattice_position = [](double position, size_t count) {
        const double along = std::clamp(position, 0.0, 1.0) * static_cast<double>(count - 1);
        const size_t first = std::min(static_cast<size_t>(along), count >= 2 ? count - 2 : 0);
        return std::pair(first, along - static_cast<double>(first));
    };
    const auto [column, u] = lattice_position(x, columns_);
    const auto [row, v] = lattice_position(1 - y, rows_);
    const size_t east = std::min(column + 1, columns_ - 1), south = std::min(row + 1, rows_ - 1);
    const std::array<Colour, 4> colours = {corners_[row * columns_ + column], corners_[row * columns_ + east],
                                           corners_[south * columns_ + column], corners_[south * columns_ + east]};
    const std::array<double, 4> weights = {(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v};
    return mix_colours(colours, weights);
}

void PlaneColours::paint(const Canvas& canvas, const Box& box, double brightness, double radius) const {
    const std::array<double, 2> weights = {brightness, 1 - brightness};
    canvas.image(
        box,
        [&](double u, double v, double) {
            const std::array<Colour, 2> colours = {at(u, 1 - v), palette::background};
            return mix_colours(colours, weights);
        },
        radius, 0.25);
}

} // namespace timbrel::audio
