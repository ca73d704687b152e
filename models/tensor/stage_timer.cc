// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tensor/stage_timer.h"

#include <atomic>
#include <ctime>
#include <utility>

namespace timbrel::models {
namespace {

std::array<std::atomic<long>, stage_names.size()> nanoseconds;
thread_local StageTimer* running = nullptr;

long thread_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

} // namespace

std::array<double, stage_names.size()> stage_seconds() {
    std::array<double, stage_names.size()> seconds{};
    for (size_t i = 0; i < seconds.size(); ++i) seconds[i] = 1e-9 * double(nanoseconds[i]);
    return seconds;
}

StageTimer::StageTimer(Stage stage) : stage_(stage), interrupted_(std::exchange(running, this)) {
    start_ = thread_time();
    if (interrupted_) interrupted_->stop();
}

StageTimer::~StageTimer() {
    stop();
    running = interrupted_;
    if (running) running->start_ = thread_time();
}

void StageTimer::stop() { nanoseconds[size_t(stage_)] += thread_time() - start_; }

} // namespace timbrel::models
