// SPDX-License-Identifier: GPL-3.0-or-later
// How far each source of modulation moves each target. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"
#include "plugin/engine/dsp/smoother.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace timbrel::engine {

// Orbit and walk are points: their x moves X and their y moves Y. Values of the others:
//   key       octaves above middle C
//   velocity  different for position and cutoff, see Voice
//   lfo_1, 2  -1–1
//   envelope  0–1
enum class ModulationSource : size_t { orbit, walk, key, velocity, lfo_1, lfo_2, envelope, count };

// Units of the amounts, for a source's value of 1:
//   x, y    the plane's width
//   cutoff  octaves
//   level   -1–1: how far it is lowered; see Modulated::add()
//   pitch   semitones
//   width   factor of the side signal, added to 1
enum class ModulationTarget : size_t { x, y, cutoff, level, pitch, width, count };

// The amounts of one source.
class ModulationRow {
  public:
    float operator[](ModulationTarget target) const noexcept TIMBREL_REALTIME {
        return amounts_[static_cast<size_t>(target)].value();
    }
    // Any amount, or what an amount moves to, is not 0.
    bool routed() const noexcept TIMBREL_REALTIME { return routed_; }

    // The amount reaches its new value smoothly. `tick_fraction`: see Smoother::set_target().
    void set_target(ModulationTarget target, float amount, float tick_fraction) noexcept TIMBREL_REALTIME {
        amounts_[static_cast<size_t>(target)].set_target(amount, tick_fraction);
        moving_ = true;
        update_routed();
    }
    void snap(ModulationTarget target, float amount) noexcept TIMBREL_REALTIME {
        amounts_[static_cast<size_t>(target)].snap(amount);
        update_routed();
    }
    void snap_to_targets() noexcept TIMBREL_REALTIME {
        for (Smoother& amount : amounts_) amount.snap(amount.target());
        update_routed();
    }
    // Advances by one tick.
    void step(const SmootherRate& rate) noexcept TIMBREL_REALTIME {
        if (!moving_) return;
        moving_ = false;
        for (Smoother& amount : amounts_) {
            amount.step(rate);
            moving_ = moving_ || !amount.at_rest();
        }
        update_routed();
    }

  private:
    void update_routed() {
        routed_ = std::any_of(amounts_.begin(), amounts_.end(),
                              [](const Smoother& amount) { return amount.value() != 0.0f || amount.target() != 0.0f; });
    }

    std::array<Smoother, static_cast<size_t>(ModulationTarget::count)> amounts_;
    bool moving_ = false, routed_ = false;
};

// What all sources together do to the targets.
struct Modulated {
    PlanePoint offset{0.0f, 0.0f};
    float cutoff = 0.0f; // octaves
    float gain = 1.0f;   // amplitude, 0–1
    float pitch = 0.0f;  // semitones
    float width = 1.0f;  // factor of the side signal, not negative

    // Adds a source with a value from -1 to 1, or 0 to 1. `height`: the value on a scale from 0 to 1. A positive amount
    // lowers the level where the source is low, a negative one where it is high; the level never rises.
    void add(const ModulationRow& row, float value, float height) noexcept TIMBREL_REALTIME {
        const float level = std::clamp(row[ModulationTarget::level], -1.0f, 1.0f);
        offset = offset + PlanePoint{row[ModulationTarget::x] * value, row[ModulationTarget::y] * value};
        cutoff += row[ModulationTarget::cutoff] * value;
        gain *= level >= 0.0f ? 1.0f - level * (1.0f - height) : 1.0f + level * height;
        pitch += row[ModulationTarget::pitch] * value;
        width = std::max(0.0f, width + row[ModulationTarget::width] * value);
    }
};

} // namespace timbrel::engine
