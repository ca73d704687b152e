// Joins a way that has jumped to where it was before: the difference dies away smoothly. Real time.
#pragma once

#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/dsp/smoother.h"

namespace timbrel::engine {

class Splice {
  public:
    // The way was at `before`, and goes on from `after`.
    void join(PlanePoint before, PlanePoint after) {
        const PlanePoint gap = before - after;
        x_.jump(gap.x);
        y_.jump(gap.y);
        x_.aim(0.0f);
        y_.aim(0.0f);
    }
    void clear() {
        x_.jump(0.0f);
        y_.jump(0.0f);
    }
    bool settled() const { return x_.settled() && y_.settled(); }

    // One interval further; returns `point` moved by what is left of the difference.
    PlanePoint step(const GlideRate& rate, PlanePoint point) {
        return point + PlanePoint{x_.step(rate), y_.step(rate)};
    }

  private:
    Glide x_, y_;
};

} // namespace timbrel::engine
