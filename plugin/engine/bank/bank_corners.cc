#include "plugin/engine/bank/bank_corners.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace timbrel::engine {

namespace {

// The lines of cells on which the corners' places along one axis, from 0 to 1, lie.
std::vector<uint32_t> lines(const nlohmann::json& corners, const char* axis, bool backwards, uint32_t cells) {
    std::set<uint32_t> found{0, cells - 1};
    for (const auto& corner : corners) {
        if (!corner.is_object() || !corner.contains(axis) || !corner[axis].is_number()) continue;
        const double place = corner[axis].get<double>();
        if (!(place >= 0.0 && place <= 1.0)) continue;
        found.insert(static_cast<uint32_t>(std::lround((backwards ? 1.0 - place : place) * (cells - 1))));
    }
    return {found.begin(), found.end()};
}

} // namespace

BankCorners::BankCorners(const Bank& bank) {
    const auto& metadata = bank.metadata();
    const auto corners = metadata.contains("corners") ? metadata["corners"] : nlohmann::json::array();
    columns = lines(corners, "x", false, bank.columns());
    rows = lines(corners, "y", true, bank.rows());
}

} // namespace timbrel::engine
