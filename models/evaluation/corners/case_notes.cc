// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/case_notes.h"

#include "common/foreign_text.h"
#include "models/audio/sources/source.h"
#include "models/tensor/parallel.h"

#include <cstdio>
#include <mutex>

namespace timbrel::models {

using nlohmann::json;

CaseNotes evaluate_cases(size_t count, const std::function<std::string(size_t)>& name_of,
                         const std::function<std::vector<json>(size_t)>& notes_of) {
    CaseNotes result{{}, json::array()};
    std::vector<std::vector<json>> found(count);
    std::mutex mutex;
    parallel_for(count, [&](size_t i) {
        try {
            found[i] = notes_of(i);
        } catch (const audio::AudioError& error) {
            const std::lock_guard lock(mutex);
            result.left_out.push_back({{"corner", name_of(i)}, {"why", error.what()}});
        }
    });
    for (const auto& notes : found) result.notes.insert(result.notes.end(), notes.begin(), notes.end());
    return result;
}

void print_left_out(const json& result) {
    for (const auto& corner : result["left_out"])
        std::printf("left out: %s: %s\n", printable(corner["corner"].get<std::string>()).c_str(),
                    printable(corner["why"].get<std::string>(), max_printed_line).c_str());
}

} // namespace timbrel::models
