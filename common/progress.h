// SPDX-License-Identifier: GPL-3.0-or-later
// Counts steps, and shows a progress bar with the remaining time on standard error if that is a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

namespace timbrel {

class Progress {
  public:
    // Thread: control. Calls `on_step` with the number of done and of all steps after each step, one call at a time.
    Progress(std::string label, size_t total, std::function<void(size_t done, size_t total)> on_step = {});
    ~Progress(); // clears the line

    // Threads: control and worker, several at once.
    void step(size_t count = 1);

  private:
    std::string label_;
    std::function<void(size_t done, size_t total)> on_step_;
    size_t total_, done_ = 0;
    std::chrono::steady_clock::time_point start_, last_print_;
    bool terminal_;
    std::mutex mutex_;
};

} // namespace timbrel
