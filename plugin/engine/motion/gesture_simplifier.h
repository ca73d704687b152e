// SPDX-License-Identifier: GPL-3.0-or-later
// Online polyline simplification of an XY path (swinging door: E. H. Bristol, "Swinging door trending", ISA 1990):
// keeps a point only where the path leaves the current line by more than an inaudible tolerance. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/motion/gesture.h"

namespace timbrel::engine {

class GestureSimplifier {
  public:
    void begin(GestureBuffer& output, PlanePoint position) noexcept TIMBREL_REALTIME;
    // The path's position at a later `time`, in microseconds. False, with nothing stored, when the buffer is full.
    bool add(uint32_t time, PlanePoint position) noexcept TIMBREL_REALTIME;
    // Ends the gesture at `time` or, when later points have been stored, at the last of them.
    void finish(uint32_t time) noexcept TIMBREL_REALTIME;

  private:
    // The slopes from the last stored point that pass within the tolerance of every point since.
    struct Door {
        double low, high;
        bool contains(double slope) const { return low <= slope && slope <= high; }
        void narrow(double rise, double run);
    };
    void store(const GesturePoint& point);

    GestureBuffer* output_ = nullptr;
    GesturePoint latest_{}; // not stored yet unless it is the last in the buffer
    Door x_{}, y_{};
};

} // namespace timbrel::engine
