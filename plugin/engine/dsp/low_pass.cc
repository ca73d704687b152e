#include "plugin/engine/dsp/low_pass.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::engine {

namespace {

constexpr float open_hertz = 19000.0f; // from here on the filter is left out
constexpr float least_hertz = 10.0f;

} // namespace

float LowPass::open_octaves(float rate) { return std::log2(std::min(open_hertz, 0.45f * rate)); }

void LowPass::start() { *this = LowPass(); }

void LowPass::aim(float octaves, float open_from, float resonance, float rate, uint32_t frames) {
    const bool open = octaves >= open_from;
    if (open && !active()) return;
    const bool enters = !open && !active();
    if (!open && (octaves != octaves_ || resonance != resonance_)) {
        octaves_ = octaves;
        resonance_ = resonance;
        const float hertz = std::max(least_hertz, std::exp2(octaves));
        const float g = std::tan(std::numbers::pi_v<float> * hertz / rate);
        const float k = std::numbers::sqrt2_v<float> * std::pow(0.05f, resonance); // 1 / Q
        const float scale = 1.0f / (1.0f + g * (g + k));
        damping_end_ = 2.0f * scale - 1.0f;
        drive_end_ = 2.0f * g * scale;
        keep_end_ = 1.0f - 2.0f * g * g * scale;
    }
    if (enters) {
        enters_ = true;
        damping_.jump(damping_end_);
        drive_.jump(drive_end_);
        keep_.jump(keep_end_);
    }
    damping_.aim(damping_end_, frames);
    drive_.aim(drive_end_, frames);
    keep_.aim(keep_end_, frames);
    if (open && wet_.value() < 1e-3f)
        wet_.jump(0.0f);
    else
        wet_.aim(open ? 0.0f : 1.0f, frames);
}

void LowPass::load(LaneRun& run, uint32_t lane) {
    if (enters_) { // as if the sound had always stood where it is
        std::fill_n(s1_, 2, 0.0f);
        std::copy_n(run.sound + lane, 2, s2_);
        enters_ = false;
    }
    wet_.store(run.wet, lane);
    damping_.store(run.damping, lane);
    drive_.store(run.drive, lane);
    keep_.store(run.keep, lane);
    std::copy_n(s1_, 2, run.s1 + lane);
    std::copy_n(s2_, 2, run.s2 + lane);
}

void LowPass::store(const LaneRun& run, uint32_t lane, uint32_t frames) {
    for (auto* ramp : {&wet_, &damping_, &drive_, &keep_}) ramp->advance(frames);
    std::copy_n(run.s1 + lane, 2, s1_);
    std::copy_n(run.s2 + lane, 2, s2_);
}

} // namespace timbrel::engine
