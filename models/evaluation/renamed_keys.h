// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of the evaluation's JSON that were renamed in 0.3. For this version the JSON has both spellings.
// Threads: any that may allocate; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>

namespace timbrel::models {

struct RenamedKey {
    const char *key, *old_key;
};
inline constexpr std::array renamed_keys{
    RenamedKey{"frechet", "reality"},
    RenamedKey{"network_amounts", "imagine"},
    RenamedKey{"network_amount", "beta"},
    RenamedKey{"standard_deviation", "spread"},
    RenamedKey{"accuracy", "recognised"},
    RenamedKey{"paths", "ways"},
    RenamedKey{"loudness_deviation", "loudness_off_line"},
    RenamedKey{"brightness_reversal", "brightness_back"},
    RenamedKey{"attack_reversal", "attack_back"},
    RenamedKey{"decay_reversal", "decay_back"},
};

// A copy of `result` in which every renamed key of every object, at every depth, occurs in both spellings.
nlohmann::json with_old_keys(const nlohmann::json& result);

} // namespace timbrel::models
