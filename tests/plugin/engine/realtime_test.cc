// SPDX-License-Identifier: GPL-3.0-or-later
// The audio thread makes no system call, uses neither heap nor lock, and has no page faults, whatever is played.
#define BOOST_TEST_MODULE realtime
#include "tests/plugin/engine/support/realtime_guard.h"
#include "tests/plugin/engine/support/stress_session.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <mutex>
#include <unistd.h>

using namespace timbrel::test;

// Checks that the guard detects each kind of violation.
BOOST_AUTO_TEST_CASE(the_guard_detects_violations) {
    RealtimeGuard guard;
    const auto calls = RealtimeGuard::heap_and_lock_calls();
    guard.on();
    void* volatile memory = std::malloc(10);
    std::free(memory);
    guard.off();
    BOOST_TEST(RealtimeGuard::heap_and_lock_calls() == calls + 2);
    std::mutex mutex;
    guard.on();
    mutex.lock();
    guard.off();
    mutex.unlock();
    BOOST_TEST(RealtimeGuard::heap_and_lock_calls() == calls + 3);
    if (!guard.traps_system_calls()) return;
    const auto system_calls = RealtimeGuard::system_calls();
    guard.on();
    static_cast<void>(getppid());
    guard.off();
    BOOST_TEST(RealtimeGuard::system_calls() == system_calls + 1);
}

BOOST_AUTO_TEST_CASE(a_stress_session_is_realtime_safe) {
    StressSession session;
    session.run(
        200, [] {}, [] {}); // makes the stack and the buffers resident
    RealtimeGuard guard;
    BOOST_WARN_MESSAGE(guard.traps_system_calls(), "this kernel cannot trap system calls");
    const auto calls = RealtimeGuard::heap_and_lock_calls(), system_calls = RealtimeGuard::system_calls();
    const float peak = session.run(
        6000, [&] { guard.on(); }, [&] { guard.off(); });
    BOOST_TEST(RealtimeGuard::system_calls() == system_calls, RealtimeGuard::first_violation());
    BOOST_TEST(RealtimeGuard::heap_and_lock_calls() == calls, RealtimeGuard::first_violation());
    BOOST_TEST(guard.page_faults() == 0u);
    BOOST_TEST(peak > 0.0f); // not silent
}
