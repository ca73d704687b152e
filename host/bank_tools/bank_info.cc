// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/bank_info.h"

#include "host/bank_tools/bank_description.h"
#include "host/bank_tools/bank_lookup.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace timbrel::host {

void print_bank_info(const std::string& file, bool as_json, bool verify) {
    const auto bank = open_bank(file);
    if (verify) bank->verify_pcm();
    const std::string text =
        as_json ? bank_facts(*bank, verify).dump(2, ' ', true, nlohmann::json::error_handler_t::replace) + "\n"
                : describe_bank(*bank, verify);
    std::fputs(text.c_str(), stdout);
}

} // namespace timbrel::host
