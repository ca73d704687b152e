// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of a bank that are held in memory for one voice. Thread: worker, one at a time.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace timbrel::engine {

class HeldPages {
  public:
    HeldPages() = default;
    ~HeldPages() { release(); }
    HeldPages(const HeldPages&) = delete;
    HeldPages& operator=(const HeldPages&) = delete;

    // Holds pages of `bank`, of which all held pages are, until release_played() is called with a frame position of at
    // least `until`. False when they cannot be read.
    bool hold(const std::shared_ptr<const Bank>& bank, PageRange pages, uint64_t until);
    // Releases the pages that a voice at this frame position does not need any more.
    void release_played(uint64_t played);
    void release(); // all

  private:
    void release_runs();

    std::shared_ptr<const Bank> bank_;             // null while nothing is held
    std::unordered_map<uint64_t, uint64_t> until_; // by page
    std::vector<uint64_t> released_;
};

} // namespace timbrel::engine
