// SPDX-License-Identifier: GPL-3.0-or-later
// Marks functions that run on the audio thread: they do not allocate, lock, wait, print or make system calls.
// RealtimeSanitizer checks marked functions, and everything they call, at run time. Written after `noexcept`.
#pragma once

#if defined(__clang__) && __clang_major__ >= 20
#define TIMBREL_REALTIME [[clang::nonblocking]]
#else
#define TIMBREL_REALTIME
#endif
