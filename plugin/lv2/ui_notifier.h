// Decides when a window that watches is told something, and what. Audio thread, wait-free.
#pragma once

#include "plugin/engine/engine.h"
#include "plugin/lv2/shared/display.h"

#include <chrono>
#include <cstdint>

namespace timbrel::lv2 {

class Observer {
  public:
    explicit Observer(double rate) : rate_(rate) {}

    // A window has asked.
    void watch();

    // Around each block of `frames`. end() is true when a display is due, which is then in display().
    void begin() {
        if (lease_ > 0) started_ = std::chrono::steady_clock::now();
    }
    bool end(const engine::Instrument& instrument, uint32_t frames);
    const Display& display() const { return display_; }

  private:
    const double rate_;
    double lease_ = 0, since_told_ = 0; // frames
    double busy_ = 0, measured_ = 0;    // seconds spent, and frames rendered in them
    std::chrono::steady_clock::time_point started_{};
    Display display_;
};

} // namespace timbrel::lv2
