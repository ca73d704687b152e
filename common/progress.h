// A bar with the time left, on a terminal only.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace timbrel {

class Progress {
  public:
    Progress(std::string what, size_t total);
    ~Progress();                 // leaves the line clean
    void step(size_t count = 1); // any thread

  private:
    std::string what_;
    size_t total_, done_ = 0;
    std::chrono::steady_clock::time_point start_, shown_;
    bool terminal_;
    std::mutex mutex_;
};

} // namespace timbrel
