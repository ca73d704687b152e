// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/engine/support/realtime_guard.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>

#include <dlfcn.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_OFF 0
#define PR_SYS_DISPATCH_ON 1
#endif

namespace {

thread_local volatile bool guarded = false;
// Read by the kernel at every system call of the guarded thread: 0 allows the call, 1 raises SIGSYS.
volatile char dispatch_selector = 0;
volatile uint64_t system_call_count = 0, heap_and_lock_count = 0;
const char* volatile first_call = nullptr;
volatile long first_system_call = 0;

void on_system_call(int, siginfo_t* info, void* context) {
    dispatch_selector = 0; // the handler returns through a system call
#ifdef __x86_64__
    // Moves back before the two-byte instruction, so that the call is made: a lost wake-up would stop the program.
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] -= 2;
#else
    static_cast<void>(context);
#endif
    system_call_count = system_call_count + 1;
    if (first_call) return;
    first_call = "system call";
    first_system_call = info->si_syscall;
}

void record_violation(const char* name) {
    if (!guarded) return;
    heap_and_lock_count = heap_and_lock_count + 1;
    if (!first_call) first_call = name;
}

uint64_t thread_page_faults() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return static_cast<uint64_t>(usage.ru_minflt) + static_cast<uint64_t>(usage.ru_majflt);
}

} // namespace

// Replaces these functions of the C library in the whole test program.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

void* malloc(size_t size) {
    record_violation("malloc");
    return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
    record_violation("calloc");
    return __libc_calloc(count, size);
}
void* realloc(void* pointer, size_t size) {
    record_violation("realloc");
    return __libc_realloc(pointer, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
    record_violation("aligned_alloc");
    return __libc_memalign(alignment, size);
}
void free(void* pointer) {
    record_violation("free");
    __libc_free(pointer);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
    record_violation("pthread_mutex_lock");
    static const auto real = reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    return real(mutex);
}
}

namespace timbrel::test {

RealtimeGuard::RealtimeGuard() {
    struct sigaction action {};
    action.sa_sigaction = on_system_call;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &action, nullptr);
    traps_ = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &dispatch_selector) == 0;
}

RealtimeGuard::~RealtimeGuard() {
    if (traps_) prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
}

void RealtimeGuard::on() {
    page_faults_before_ = thread_page_faults();
    guarded = true;
    dispatch_selector = 1;
}

void RealtimeGuard::off() {
    dispatch_selector = 0;
    guarded = false;
    page_faults_ += thread_page_faults() - page_faults_before_;
}

uint64_t RealtimeGuard::system_calls() { return system_call_count; }
uint64_t RealtimeGuard::heap_and_lock_calls() { return heap_and_lock_count; }

std::string RealtimeGuard::first_violation() {
    if (!first_call) return {};
    return first_system_call ? std::string(first_call) + " " + std::to_string(first_system_call)
                             : std::string(first_call);
}

} // namespace timbrel::test
