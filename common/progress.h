// SPDX-License-Identifier: GPL-3.0-or-later
// A progress bar with the remaining time on standard error, shown on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace timbrel {

class Progress {
  public:
    // Thread: control.
    Progress(std::string label, size_t total);
    ~Progress(); // clears the line

    // Threads: control and worker, several at once.
    void step(size_t count = 1);

  private:
    std::string label_;
    size_t total_, done_ = 0;
    std::chrono::steady_clock::time_point start_, last_print_;
    bool terminal_;
    std::mutex mutex_;
};

} // namespace timbrel
