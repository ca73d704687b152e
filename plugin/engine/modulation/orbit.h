// SPDX-License-Identifier: GPL-3.0-or-later
// A point on a circle, turning at a fixed rate or in time with the song. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/modulation/cycle.h"

#include <cmath>

namespace timbrel::engine {

class Orbit {
  public:
    void reset() noexcept TIMBREL_REALTIME { cycle_.reset(); }

    // As Cycle::step().
    bool step(const Transport& song, double seconds, double beats, double rate) noexcept TIMBREL_REALTIME {
        return cycle_.step(song, seconds, beats, rate);
    }

    // On the circle of radius 1, counter-clockwise from the east.
    PlanePoint point() const noexcept TIMBREL_REALTIME {
        const double angle = 2.0 * M_PI * cycle_.phase();
        return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }

  private:
    Cycle cycle_;
};

} // namespace timbrel::engine
