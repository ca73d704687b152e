// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/progress.h"

#include <unistd.h>

#include <cstdio>

namespace timbrel {

using std::chrono::duration;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds print_interval{200};
constexpr int bar_characters = 30;

} // namespace

Progress::Progress(std::string label, size_t total, std::function<void(size_t done, size_t total)> on_step)
    : label_(std::move(label)), on_step_(std::move(on_step)), total_(total), start_(steady_clock::now()),
      last_print_(start_), terminal_(isatty(STDERR_FILENO)) {}

Progress::~Progress() {
    if (terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::step(size_t count) {
    const std::lock_guard lock(mutex_);
    done_ += count;
    if (on_step_) on_step_(done_, total_);
    const auto now = steady_clock::now();
    if (!terminal_ || now - last_print_ < print_interval) return;
    last_print_ = now;
    const double fraction = double(done_) / double(total_);
    const double seconds_left = duration<double>(now - start_).count() * (1 - fraction) / fraction;
    std::string bar(bar_characters, ' ');
    for (int i = 0; i < int(fraction * bar_characters); ++i) bar[i] = '#';
    std::fprintf(stderr, "\r%s [%s] %3.0f %%, %.0f s left \033[K", label_.c_str(), bar.c_str(), fraction * 100,
                 seconds_left);
}

} // namespace timbrel
