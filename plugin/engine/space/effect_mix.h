// SPDX-License-Identifier: GPL-3.0-or-later
// The balance of dry sound and an effect. With a mix of 0 the effect is off. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/dsp/ramp.h"
#include "plugin/engine/dsp/smoother.h"

#include <algorithm>

namespace timbrel::engine {

class EffectMix {
  public:
    // `mix`: from 0 (dry) by 0.5 (both at full level) to 1 (effect).
    void set_target(float mix) noexcept TIMBREL_REALTIME { mix_.set_target(mix); }
    void snap_to_target() noexcept TIMBREL_REALTIME { mix_.snap(mix_.target()); }

    // Begins a tick. Returns whether the effect turns on.
    bool step(const SmootherRate& rate) noexcept TIMBREL_REALTIME {
        const bool was_active = active_;
        active_ = mix_.value() != 0.0f || mix_.target() != 0.0f;
        if (!active_) return false;
        if (!was_active) dry_.snap(1.0f), wet_.snap(0.0f);
        const float mix = mix_.step(rate);
        dry_.set_target(std::min(1.0f, 2.0f - 2.0f * mix), tick_frames);
        wet_.set_target(std::min(1.0f, 2.0f * mix), tick_frames);
        return !was_active;
    }
    bool active() const noexcept TIMBREL_REALTIME { return active_; }

    // `frames` after the present frame.
    float apply(float dry, float wet, float frames) const noexcept TIMBREL_REALTIME {
        return dry * (dry_.start + dry_.step * (dry_.frames + frames)) +
               wet * (wet_.start + wet_.step * (wet_.frames + frames));
    }
    void advance(uint32_t frames) noexcept TIMBREL_REALTIME { dry_.advance(frames), wet_.advance(frames); }

  private:
    Smoother mix_;
    Ramp dry_, wet_;
    bool active_ = false;
};

} // namespace timbrel::engine
