// Writes a way on a tape as few straight lines: a point is kept only where the way leaves the line by more than can be
// heard. Real time.
#pragma once

#include "plugin/engine/motion/gesture.h"

namespace timbrel::engine {

class GestureWriter {
  public:
    void begin(GestureTape& tape, PlanePoint place);
    // Where the way is at a later time, in microseconds. False, and nothing kept, once the tape is full.
    bool add(uint32_t time, PlanePoint place);
    // Ends the tape at `time` or, when points beyond it have been kept, at the last of them.
    void finish(uint32_t time);

  private:
    // The slopes from the last kept point that pass near every point since.
    struct Door {
        double low, high;
        bool lets_through(double slope) const { return low <= slope && slope <= high; }
        void narrow(double rise, double run);
    };
    void keep(const GesturePoint& point);

    GestureTape* tape_ = nullptr;
    GesturePoint latest_{}; // not kept yet unless it is the tape's last
    Door x_{}, y_{};
};

} // namespace timbrel::engine
