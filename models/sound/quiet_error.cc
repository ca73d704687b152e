#include "models/sound/quiet_error.h"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace timbrel {
namespace {

std::mutex& turns() {
    static std::mutex mutex;
    return mutex;
}

} // namespace

QuietError::QuietError() : turn_(turns()), kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    std::fflush(stderr);
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept_ < 0 || nothing < 0) return;
    dup2(nothing, STDERR_FILENO);
    close(nothing);
}

QuietError::~QuietError() {
    if (kept_ < 0) return;
    std::fflush(stderr);
    dup2(kept_, STDERR_FILENO);
    close(kept_);
}

} // namespace timbrel
