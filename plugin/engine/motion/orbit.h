// SPDX-License-Identifier: GPL-3.0-or-later
// A point on a circle, turning at a fixed rate or in time with the song. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/motion/transport.h"

#include <cmath>

namespace timbrel::engine {

class Orbit {
  public:
    void reset() noexcept TIMBREL_REALTIME { turns_ = 0.0; }

    // Advances by one tick of `seconds`; `song` is the transport at the tick's end. A turn takes `beats` beats; when
    // `beats` is 0, there are `rate` turns per second. Returns whether the song made the point jump.
    bool step(const Transport& song, double seconds, double beats, double rate) noexcept TIMBREL_REALTIME {
        const double expected = turns_ + (beats > 0.0 ? song.beats_in(seconds) / beats : rate * seconds);
        turns_ = beats > 0.0 && song.rolling ? song.beat / beats : expected;
        const double difference = turns_ - expected;
        turns_ -= std::floor(turns_);
        return std::abs(difference - std::round(difference)) > 0.01;
    }

    // On the circle of radius 1, counter-clockwise from the east.
    PlanePoint point() const noexcept TIMBREL_REALTIME {
        const double angle = 2.0 * M_PI * turns_;
        return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }

  private:
    double turns_ = 0.0;
};

} // namespace timbrel::engine
