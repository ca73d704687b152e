// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/bank_lookup.h"

#include "common/error.h"
#include "plugin/lv2/shared/bank_search.h"

#include <filesystem>

namespace timbrel::host {

namespace fs = std::filesystem;

std::shared_ptr<const engine::Bank> open_bank(const std::string& name) {
    fs::path found = name;
    std::error_code error;
    if (name.empty() || (!fs::exists(found, error) && !found.has_parent_path())) {
        for (const fs::path& bank : lv2::installed_banks())
            if (name.empty() || bank.filename() == name || bank.stem() == name) {
                found = bank;
                break;
            }
    }
    if (found.empty())
        throw Error("no bank given and none in " + lv2::bank_folders().front().string() +
                    "; name one, or make one with timbrel bake");
    return engine::Bank::open(fs::absolute(found).string());
}

std::string resolve_bank(const std::string& name) { return open_bank(name)->path(); }

} // namespace timbrel::host
