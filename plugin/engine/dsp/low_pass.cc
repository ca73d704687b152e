// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/low_pass.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::engine {

namespace {

constexpr float bypass_hertz = 19000.0f; // the filter is bypassed from here on
constexpr float min_hertz = 10.0f;

} // namespace

float LowPass::bypass_octaves(float rate) noexcept TIMBREL_REALTIME {
    return std::log2(std::min(bypass_hertz, 0.45f * rate));
}

void LowPass::start() noexcept TIMBREL_REALTIME { *this = LowPass(); }

void LowPass::set_target(float octaves, float bypass_from, float resonance, float rate,
                         uint32_t frames) noexcept TIMBREL_REALTIME {
    const bool bypassed = octaves >= bypass_from;
    if (bypassed && !active()) return;
    const bool starts = !bypassed && !active();
    if (!bypassed && (octaves != octaves_ || resonance != resonance_)) {
        octaves_ = octaves;
        resonance_ = resonance;
        const float hertz = std::max(min_hertz, std::exp2(octaves));
        const float g = std::tan(std::numbers::pi_v<float> * hertz / rate);
        const float k = std::numbers::sqrt2_v<float> * std::pow(0.05f, resonance); // 1 / Q
        const float scale = 1.0f / (1.0f + g * (g + k));
        damping_end_ = 2.0f * scale - 1.0f;
        drive_end_ = 2.0f * g * scale;
        keep_end_ = 1.0f - 2.0f * g * g * scale;
    }
    if (starts) {
        starting_ = true;
        damping_.snap(damping_end_);
        drive_.snap(drive_end_);
        keep_.snap(keep_end_);
    }
    damping_.set_target(damping_end_, frames);
    drive_.set_target(drive_end_, frames);
    keep_.set_target(keep_end_, frames);
    if (bypassed && wet_.value() < 1e-3f)
        wet_.snap(0.0f);
    else
        wet_.set_target(bypassed ? 0.0f : 1.0f, frames);
}

void LowPass::load(LaneRun& run, uint32_t lane) noexcept TIMBREL_REALTIME {
    if (starting_) { // the steady state for a constant input
        std::fill_n(s1_, 2, 0.0f);
        std::copy_n(run.sound + lane, 2, s2_);
        starting_ = false;
    }
    wet_.store(run.wet, lane);
    damping_.store(run.damping, lane);
    drive_.store(run.drive, lane);
    keep_.store(run.keep, lane);
    std::copy_n(s1_, 2, run.s1 + lane);
    std::copy_n(s2_, 2, run.s2 + lane);
}

void LowPass::store(const LaneRun& run, uint32_t lane, uint32_t frames) noexcept TIMBREL_REALTIME {
    for (auto* ramp : {&wet_, &damping_, &drive_, &keep_}) ramp->advance(frames);
    std::copy_n(run.s1 + lane, 2, s1_);
    std::copy_n(run.s2 + lane, 2, s2_);
}

} // namespace timbrel::engine
