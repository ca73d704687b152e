// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/streaming/held_pages.h"

#include <algorithm>

namespace timbrel::engine {

bool HeldPages::hold(const std::shared_ptr<const Bank>& bank, PageRange pages, uint64_t until) {
    bank_ = bank;
    const uint64_t end = pages.first + pages.count;
    for (uint64_t page = pages.first; page < end;) {
        if (const auto held = until_.find(page); held != until_.end()) {
            held->second = std::max(held->second, until);
            ++page;
            continue;
        }
        PageRange run{page, 1};
        while (page + run.count < end && !until_.contains(page + run.count)) ++run.count;
        if (!bank->image().hold(run)) return false;
        for (; page < run.first + run.count; ++page) until_.emplace(page, until);
    }
    return true;
}

void HeldPages::release_played(uint64_t played) {
    for (auto held = until_.begin(); held != until_.end();) {
        if (held->second > played) {
            ++held;
            continue;
        }
        released_.push_back(held->first);
        held = until_.erase(held);
    }
    release_runs();
}

void HeldPages::release() {
    for (const auto& [page, until] : until_) released_.push_back(page);
    until_.clear();
    release_runs();
    bank_.reset();
}

// Releases neighbouring pages together.
void HeldPages::release_runs() {
    std::ranges::sort(released_);
    for (auto first = released_.begin(); first != released_.end();) {
        auto last = first + 1;
        while (last != released_.end() && *last == *(last - 1) + 1) ++last;
        bank_->image().release({*first, static_cast<uint64_t>(last - first)});
        first = last;
    }
    released_.clear();
}

} // namespace timbrel::engine
