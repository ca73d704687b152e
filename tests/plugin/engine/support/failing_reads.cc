// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/engine/support/failing_reads.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

#include <dlfcn.h>
#include <unistd.h>

namespace {

std::atomic<timbrel::test::ReadFault> current{timbrel::test::ReadFault::none};
std::atomic<off_t> first_failing{0};
std::atomic<unsigned> calls{0};

ssize_t read_with_fault(int file, void* to, size_t bytes, off_t offset) {
    using timbrel::test::ReadFault;
    using Pread = ssize_t (*)(int, void*, size_t, off_t);
    static const auto original = reinterpret_cast<Pread>(dlsym(RTLD_NEXT, "pread64"));
    if (const off_t before = first_failing - offset; before > 0)
        return original(file, to, std::min(bytes, static_cast<size_t>(before)), offset);
    switch (current.load()) {
    case ReadFault::none:
        break;
    case ReadFault::io_error:
        errno = EIO;
        return -1;
    case ReadFault::cut_short:
        return 0;
    case ReadFault::hesitant:
        if (++calls % 2 == 0) {
            errno = EINTR;
            return -1;
        }
        bytes = std::min<size_t>(bytes, 5000);
        break;
    }
    return original(file, to, bytes, offset);
}

} // namespace

namespace timbrel::test {

void fail_reads(ReadFault fault, off_t from) {
    first_failing = from;
    current = fault;
}

} // namespace timbrel::test

extern "C" ssize_t pread(int file, void* to, size_t bytes, off_t offset) {
    return read_with_fault(file, to, bytes, offset);
}
