// Marks what the audio thread may call: neither allocates, locks, waits, prints nor makes a system call.
// RealtimeSanitizer checks marked functions, and all they call, at run time.
#pragma once

#if defined(__clang__) && __clang_major__ >= 20
#define TIMBREL_REALTIME [[clang::nonblocking]]
#else
#define TIMBREL_REALTIME
#endif
