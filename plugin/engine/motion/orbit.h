// A point that turns on a circle, at its own speed or in time with the song. Real time.
#pragma once

#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/motion/transport.h"

#include <cmath>

namespace timbrel::engine {

class Orbit {
  public:
    void reset() { turns_ = 0.0; }

    // One tick of `seconds` further; `song` is how it stands at the tick's end. A turn takes that many beats or, where
    // `beats` is 0, there are `rate` turns a second. Returns whether the song has thrown it off its way.
    bool step(const Transport& song, double seconds, double beats, double rate) {
        const double expected = turns_ + (beats > 0.0 ? song.beats_in(seconds) / beats : rate * seconds);
        turns_ = beats > 0.0 && song.rolling ? song.beat / beats : expected;
        const double off = turns_ - expected;
        turns_ -= std::floor(turns_);
        return std::abs(off - std::round(off)) > 0.01;
    }

    // On the circle of radius 1, from the east by way of the north.
    PlanePoint point() const {
        const double angle = 2.0 * M_PI * turns_;
        return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    }

  private:
    double turns_ = 0.0;
};

} // namespace timbrel::engine
