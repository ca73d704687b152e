#include "common/progress.h"

#include <unistd.h>

#include <cstdio>

namespace timbrel {

using std::chrono::duration;
using std::chrono::steady_clock;

Progress::Progress(std::string what, size_t total)
    : what_(std::move(what)), total_(total), start_(steady_clock::now()), shown_(start_),
      terminal_(isatty(STDERR_FILENO)) {}

Progress::~Progress() {
    if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::step(size_t count) {
    const std::lock_guard lock(mutex_);
    done_ += count;
    const auto now = steady_clock::now();
    if (!terminal_ || now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    const double share = double(done_) / double(total_);
    const double left = duration<double>(now - start_).count() * (1 - share) / share;
    std::string bar(30, ' ');
    for (int i = 0; i < int(share * 30); ++i) bar[i] = '#';
    std::fprintf(stderr, "\r%s [%s] %3.0f %%, %.0f s left \033[K", what_.c_str(), bar.c_str(), share * 100, left);
}

} // namespace timbrel
