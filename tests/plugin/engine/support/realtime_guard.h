// Catches what an audio thread must not do. While a RealtimeGuard is on, its thread may neither make a system call nor
// touch the heap or a lock; page faults are counted.
#pragma once

#include <cstdint>
#include <string>

namespace timbrel::test {

class RealtimeGuard {
  public:
    RealtimeGuard(); // for the calling thread; one in a process
    ~RealtimeGuard();

    void on();
    void off();

    bool traps_system_calls() const { return traps_; } // false on kernels before 5.11
    // What was done while the guard was on.
    static uint64_t system_calls();
    static uint64_t heap_and_lock_calls();
    uint64_t page_faults() const { return page_faults_; }
    static std::string first_offence(); // its name; empty when there is none

  private:
    bool traps_ = false;
    uint64_t page_faults_ = 0, page_faults_before_ = 0;
};

} // namespace timbrel::test
