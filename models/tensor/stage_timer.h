// SPDX-License-Identifier: GPL-3.0-or-later
// Measures how much time a process spends in each stage of a bake. Two readings of a clock for each timer, a few timers
// for each note: always on.
// Thread: any.
#pragma once

#include <array>
#include <cstddef>

namespace timbrel::models {

// `open`: model and sources; `record`: sources play notes; `mix`: levels of cells between corners.
enum class Stage { open, record, analyse, encode, decode, mix, synthesise, write };
inline constexpr std::array stage_names = {"open",   "record", "analyse",    "encode",
                                           "decode", "mix",    "synthesise", "write"};

// CPU seconds of all threads in each stage since the process started; of timers that have ended.
std::array<double, stage_names.size()> stage_seconds();

// The CPU time of this thread counts for a stage while the timer lives. A second timer of the thread interrupts the
// first for as long as it lives.
class StageTimer {
  public:
    explicit StageTimer(Stage stage);
    ~StageTimer();
    StageTimer(const StageTimer&) = delete;
    StageTimer& operator=(const StageTimer&) = delete;

  private:
    void stop();

    Stage stage_;
    StageTimer* interrupted_;
    long start_ = 0; // nanoseconds
};

} // namespace timbrel::models
