#include "models/audio/pictures/plane_colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::audio {

PlaneColours::PlaneColours(size_t across, size_t down)
    : across_(std::max<size_t>(1, across)), down_(std::max<size_t>(1, down)) {
    // Hues of a larger map follow each other by the golden section, which keeps neighbours apart.
    for (size_t i = 0; i < across_ * down_; ++i) {
        const double hue = 0.65 + 0.381966 * static_cast<double>(i);
        corners_.push_back(across_ * down_ <= 4 ? paint::corners[i] : oklch(0.52, 0.1, hue - std::floor(hue)));
    }
}

Colour PlaneColours::at(double x, double y) const {
    const auto place = [](double position, size_t count) {
        const double along = std::clamp(position, 0.0, 1.0) * static_cast<double>(count - 1);
        const size_t first = std::min(static_cast<size_t>(along), count >= 2 ? count - 2 : 0);
        return std::pair(first, along - static_cast<double>(first));
    };
    const auto [column, u] = place(x, across_);
    const auto [row, v] = place(1 - y, down_);
    const size_t east = std::min(column + 1, across_ - 1), south = std::min(row + 1, down_ - 1);
    const std::array<Colour, 4> colours = {corners_[row * across_ + column], corners_[row * across_ + east],
                                           corners_[south * across_ + column], corners_[south * across_ + east]};
    const std::array<double, 4> shares = {(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v};
    return mixed(colours, shares);
}

void PlaneColours::paint(const Canvas& canvas, const Box& box, double light, double radius) const {
    const std::array<double, 2> shares = {light, 1 - light};
    canvas.image(
        box,
        [&](double u, double v, double) {
            const std::array<Colour, 2> colours = {at(u, 1 - v), paint::ground};
            return mixed(colours, shares);
        },
        radius, 0.25);
}

} // namespace timbrel::audio
