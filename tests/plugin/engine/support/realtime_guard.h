// SPDX-License-Identifier: GPL-3.0-or-later
// Detects operations that are not real-time safe. While a RealtimeGuard is on, system calls, heap and lock calls and
// page faults of its thread are counted. Thread: the guarded one; the static functions: any.
#pragma once

#include <cstdint>
#include <string>

namespace timbrel::test {

class RealtimeGuard {
  public:
    RealtimeGuard(); // for the calling thread; at most one per process
    ~RealtimeGuard();

    void on();
    void off();

    bool traps_system_calls() const { return traps_; } // false on kernels before 5.11
    // Counts of violations while the guard was on.
    static uint64_t system_calls();
    static uint64_t heap_and_lock_calls();
    uint64_t page_faults() const { return page_faults_; }
    static std::string first_violation(); // its name; empty if there is none

  private:
    bool traps_ = false;
    uint64_t page_faults_ = 0, page_faults_before_ = 0;
};

} // namespace timbrel::test
