// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_corners.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace timbrel::engine {

namespace {

// The columns or rows of cells that contain a corner. Corner positions on the axis are 0 to 1; invalid ones are
// ignored. `backwards`: position 0 is the last line of cells.
std::vector<uint32_t> corner_lines(const nlohmann::json& corners, const char* axis, bool backwards, uint32_t cells) {
    std::set<uint32_t> found{0, cells - 1};
    for (const auto& corner : corners) {
        if (!corner.is_object() || !corner.contains(axis) || !corner[axis].is_number()) continue;
        const double position = corner[axis].get<double>();
        if (!(position >= 0.0 && position <= 1.0)) continue;
        found.insert(static_cast<uint32_t>(std::lround((backwards ? 1.0 - position : position) * (cells - 1))));
    }
    return {found.begin(), found.end()};
}

// Linear interpolation between two neighbouring lines: `weight` belongs to the second.
struct Interpolation {
    size_t first, second;
    float weight;
};

Interpolation interpolation_at(const std::vector<uint32_t>& lines, float position) {
    size_t first = 0;
    while (first + 2 < lines.size() && static_cast<float>(lines[first + 1]) <= position) ++first;
    const size_t second = std::min(first + 1, lines.size() - 1);
    const auto width = static_cast<float>(std::max(lines[second] - lines[first], 1u));
    return {first, second, std::clamp((position - static_cast<float>(lines[first])) / width, 0.0f, 1.0f)};
}

} // namespace

BankCorners::BankCorners(const Bank& bank) {
    const auto& metadata = bank.metadata();
    const auto corners = metadata.contains("corners") ? metadata["corners"] : nlohmann::json::array();
    columns = corner_lines(corners, "x", false, bank.columns());
    rows = corner_lines(corners, "y", true, bank.rows());
}

CornerWeights BankCorners::weights(float column, float row) const noexcept TIMBREL_REALTIME {
    const Interpolation x = interpolation_at(columns, column), y = interpolation_at(rows, row);
    const size_t across = columns.size();
    return {{y.first * across + x.first, y.first * across + x.second, y.second * across + x.first,
             y.second * across + x.second},
            {(1.0f - x.weight) * (1.0f - y.weight), x.weight * (1.0f - y.weight), (1.0f - x.weight) * y.weight,
             x.weight * y.weight}};
}

} // namespace timbrel::engine
