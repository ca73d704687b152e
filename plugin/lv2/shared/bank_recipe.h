// SPDX-License-Identifier: GPL-3.0-or-later
// What a bank was baked of, as states keep it, so that a bank that is lost can be baked again. A text in JSON: the
// plugin writes it from a bank's metadata and keeps it, the window reads it. Threads: control, worker; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace timbrel::lv2 {

// Maximum length of the text, bytes with the NUL: it fits into a message of the notify port.
inline constexpr size_t recipe_bytes = 6144;

struct BankRecipe {
    struct Corner {
        std::string source; // as `timbrel bake` takes it, with gain, tuning and name (common/source_options.h)
        std::string name;   // of the sound
        std::string hash;   // of the source's contents; empty if unknown
    };
    size_t columns = 2, rows = 2;     // of corners
    std::vector<Corner> corners;      // row by row from the north-west
    std::vector<std::string> options; // of `timbrel bake`: notes, grid and model
};

// The text for the bank with these metadata; empty if they are incomplete, of a part of a bank, of a fine-tuned one,
// which cannot be baked the same again, or if the text would be too long.
std::string recipe_text(const nlohmann::json& metadata);

// Nothing if the text is no recipe. The text may come from anywhere.
std::optional<BankRecipe> read_recipe(std::string_view text);

} // namespace timbrel::lv2
