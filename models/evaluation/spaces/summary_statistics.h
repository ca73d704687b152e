// SPDX-License-Identifier: GPL-3.0-or-later
// Summary statistics of a list of values. Threads: control, worker; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace timbrel::models {

// {"mean", "least", "most", "count"} of the values that are not NaN; null if there are none.
nlohmann::json summary_stats(std::vector<double> values);

} // namespace timbrel::models
