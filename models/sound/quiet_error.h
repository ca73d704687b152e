// Keeps a library's own notes off standard error, where one clear line is to be seen.
#pragma once

#include <mutex>

namespace timbrel {

// While one exists, whatever the process writes to standard error is lost. Of several threads, one at a time has one.
class QuietError {
  public:
    QuietError();
    ~QuietError();
    QuietError(const QuietError&) = delete;
    QuietError& operator=(const QuietError&) = delete;

  private:
    std::unique_lock<std::mutex> turn_;
    int kept_; // the descriptor; negative where there is none
};

} // namespace timbrel
