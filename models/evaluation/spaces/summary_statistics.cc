// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/spaces/summary_statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timbrel::models {

nlohmann::json summary_stats(std::vector<double> values) {
    std::erase_if(values, [](double v) { return std::isnan(v); });
    if (values.empty()) return nullptr;
    const auto [least, most] = std::ranges::minmax(values);
    return {{"mean", std::reduce(values.begin(), values.end()) / double(values.size())},
            {"least", least},
            {"most", most},
            {"count", values.size()}};
}

} // namespace timbrel::models
