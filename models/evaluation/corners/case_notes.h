// SPDX-License-Identifier: GPL-3.0-or-later
// What evaluations of single corners have in common: many sources, a list of notes of each.
// Threads: control; uses all cores.
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace timbrel::models {

struct CaseNotes {
    std::vector<nlohmann::json> notes; // of all cases, in their order
    nlohmann::json left_out;           // a list of "corner" and "why": cases whose source cannot be opened
};

// The notes of cases 0 to count − 1. `notes_of` may throw AudioError; `name_of` is asked for the name of such a case.
CaseNotes evaluate_cases(size_t count, const std::function<std::string(size_t)>& name_of,
                         const std::function<std::vector<nlohmann::json>(size_t)>& notes_of);

// Prints a line for each of result["left_out"].
void print_left_out(const nlohmann::json& result);

} // namespace timbrel::models
