// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_corners.h"

#include <nlohmann/json.hpp>

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

} // namespace

BankCorners::BankCorners(const Bank& bank) {
    const auto& metadata = bank.metadata();
    const auto corners = metadata.contains("corners") ? metadata["corners"] : nlohmann::json::array();
    columns = corner_lines(corners, "x", false, bank.columns());
    rows = corner_lines(corners, "y", true, bank.rows());
}

} // namespace timbrel::engine
