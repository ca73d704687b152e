// SPDX-License-Identifier: GPL-3.0-or-later
// Makes reads of files fail in this program: replaces the C library's pread(). Thread: any.
#pragma once

#include <sys/types.h>

namespace timbrel::test {

enum class ReadFault {
    none,
    io_error,  // EIO
    cut_short, // reads end before the last byte, as at the end of a shortened file
    hesitant,  // reads are interrupted and return a few bytes at a time, without an error
};

// Only reads of bytes from offset `from` on fail; those that begin before it end there.
void fail_reads(ReadFault fault, off_t from = 0);

} // namespace timbrel::test
