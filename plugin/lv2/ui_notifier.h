// SPDX-License-Identifier: GPL-3.0-or-later
// Decides when a window is sent a DisplayMessage, and measures its contents. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/synth.h"
#include "plugin/lv2/shared/display.h"

#include <chrono>
#include <cstdint>

namespace timbrel::lv2 {

class UiNotifier {
  public:
    // `rate`: frames per second.
    explicit UiNotifier(double rate) : rate_(rate) {}

    // A window has requested displays: they are sent for display_lease_seconds.
    void renew_lease() noexcept TIMBREL_REALTIME;

    // Around each block of `frames`. end_block() is true when display() is to be sent.
    void begin_block() noexcept TIMBREL_REALTIME {
        if (lease_ > 0) started_ = std::chrono::steady_clock::now();
    }
    bool end_block(const engine::Synth& synth, uint32_t frames) noexcept TIMBREL_REALTIME;
    const DisplayMessage& display() const noexcept TIMBREL_REALTIME { return display_; }

  private:
    const double rate_;
    double lease_ = 0, since_sent_ = 0; // frames
    double busy_ = 0, measured_ = 0;    // seconds spent rendering, and the frames rendered in them
    std::chrono::steady_clock::time_point started_{};
    DisplayMessage display_;
};

} // namespace timbrel::lv2
