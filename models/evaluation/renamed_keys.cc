// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/renamed_keys.h"

#include <nlohmann/json.hpp>

namespace timbrel::models {

using nlohmann::json;

json with_old_keys(const json& result) {
    json copy = result;
    if (copy.is_structured())
        for (auto& value : copy) value = with_old_keys(value);
    if (copy.is_object())
        for (const auto& [key, old_key] : renamed_keys)
            if (const auto found = copy.find(key); found != copy.end()) {
                json value = *found;
                copy[old_key] = std::move(value);
            }
    return copy;
}

} // namespace timbrel::models
