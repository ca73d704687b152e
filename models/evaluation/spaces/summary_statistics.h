// Many figures in a few.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace timbrel::models {

// {"mean", "least", "most", "count"}; null where there are none. NaN is left out.
nlohmann::json spread(std::vector<double> values);

} // namespace timbrel::models
