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
volatile char trap = 0; // read by the kernel at every system call of the guarded thread: 0 allows, 1 raises SIGSYS
volatile uint64_t system_call_count = 0, other_count = 0;
const char* volatile first = nullptr;
volatile long first_number = 0;

void on_system_call(int, siginfo_t* about, void* context) {
    trap = 0; // the handler itself returns by a system call
#ifdef __x86_64__
    // Back before the call's two bytes, so that it is made after all: a wake-up that is lost would stop the program.
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] -= 2;
#else
    static_cast<void>(context);
#endif
    system_call_count = system_call_count + 1;
    if (first) return;
    first = "system call";
    first_number = about->si_syscall;
}

void note_offence(const char* name) {
    if (!guarded) return;
    other_count = other_count + 1;
    if (!first) first = name;
}

uint64_t faults_of_this_thread() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return static_cast<uint64_t>(usage.ru_minflt) + static_cast<uint64_t>(usage.ru_majflt);
}

} // namespace

// The C library's own names, taken over for the whole test program.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
void __libc_free(void*);

void* malloc(size_t size) {
    note_offence("malloc");
    return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
    note_offence("calloc");
    return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
    note_offence("realloc");
    return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
    note_offence("aligned_alloc");
    return __libc_memalign(alignment, size);
}
void free(void* pointer) {
    note_offence("free");
    __libc_free(pointer);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
    note_offence("pthread_mutex_lock");
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
    traps_ = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &trap) == 0;
}

RealtimeGuard::~RealtimeGuard() {
    if (traps_) prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
}

void RealtimeGuard::on() {
    page_faults_before_ = faults_of_this_thread();
    guarded = true;
    trap = 1;
}

void RealtimeGuard::off() {
    trap = 0;
    guarded = false;
    page_faults_ += faults_of_this_thread() - page_faults_before_;
}

uint64_t RealtimeGuard::system_calls() { return system_call_count; }
uint64_t RealtimeGuard::heap_and_lock_calls() { return other_count; }

std::string RealtimeGuard::first_offence() {
    if (!first) return {};
    return first_number ? std::string(first) + " " + std::to_string(first_number) : std::string(first);
}

} // namespace timbrel::test
