// SPDX-License-Identifier: GPL-3.0-or-later
// Smooths jumps of a path: keeps the path continuous by adding the jump's difference and letting it decay to 0.
// Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/dsp/smoother.h"

namespace timbrel::engine {

class JumpSmoother {
  public:
    // The path jumps from `before` to `after`.
    void bridge(PlanePoint before, PlanePoint after) noexcept TIMBREL_REALTIME {
        const PlanePoint gap = before - after;
        x_.snap(gap.x);
        y_.snap(gap.y);
        x_.set_target(0.0f);
        y_.set_target(0.0f);
    }
    void clear() noexcept TIMBREL_REALTIME {
        x_.snap(0.0f);
        y_.snap(0.0f);
    }
    bool at_rest() const noexcept TIMBREL_REALTIME { return x_.at_rest() && y_.at_rest(); }

    // Advances by one interval; returns `point` plus the remaining difference.
    PlanePoint step(const SmootherRate& rate, PlanePoint point) noexcept TIMBREL_REALTIME {
        return point + PlanePoint{x_.step(rate), y_.step(rate)};
    }

  private:
    Smoother x_, y_;
};

} // namespace timbrel::engine
