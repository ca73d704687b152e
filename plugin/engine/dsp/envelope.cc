// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/envelope.h"

#include "plugin/engine/core/engine_limits.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float octaves_in_60_db = 9.965784f; // 60 / db_in_octave
constexpr float db_in_octave = 6.0206f;       // of amplitude

} // namespace

EnvelopeShape EnvelopeShape::make(float attack_seconds, float decay_seconds, float sustain_db,
                                  float rate) noexcept TIMBREL_REALTIME {
    const float fall = std::max(
        -sustain_db, db_in_octave); // at least one octave, so that a sustain level raised later is still reached
    return {1.0f / std::max(1.0f, attack_seconds * rate), fall / db_in_octave / (decay_seconds * rate),
            std::exp2(sustain_db / db_in_octave), steal_fade_seconds * rate};
}

float release_octaves(float seconds, float rate) noexcept TIMBREL_REALTIME {
    return octaves_in_60_db / (std::max(seconds, steal_fade_seconds) * rate);
}

void Envelope::start(const EnvelopeShape& shape) noexcept TIMBREL_REALTIME {
    const bool immediate = shape.attack_step >= 1.0f;
    level_ = immediate ? 1.0f : 0.0f;
    stage_ = immediate ? Stage::decay : Stage::attack;
}

void Envelope::release(uint32_t frames_ago) noexcept TIMBREL_REALTIME {
    if (released()) return;
    stage_ = Stage::release;
    release_frames_ago_ = frames_ago;
}

void Envelope::fade(const EnvelopeShape& shape) noexcept TIMBREL_REALTIME {
    if (stage_ >= Stage::fade) return;
    stage_ = Stage::fade;
    fade_step_ = std::max(level_, silence_amplitude) / shape.fade_frames;
}

void Envelope::decay(const EnvelopeShape& shape, float frames) {
    if (level_ == shape.sustain) return;
    const float factor = std::exp2(shape.decay_octaves * frames);
    level_ =
        level_ > shape.sustain ? std::max(shape.sustain, level_ / factor) : std::min(shape.sustain, level_ * factor);
}

void Envelope::advance(const EnvelopeShape& shape, float octaves, uint32_t frames) noexcept TIMBREL_REALTIME {
    const auto time = static_cast<float>(frames);
    switch (stage_) {
    case Stage::attack:
        level_ += shape.attack_step * time;
        if (level_ >= 1.0f) level_ = 1.0f, stage_ = Stage::decay;
        break;
    case Stage::decay:
        decay(shape, time);
        break;
    case Stage::release:
        level_ *= std::exp2(-octaves * (time + static_cast<float>(release_frames_ago_)));
        release_frames_ago_ = 0;
        if (level_ < silence_amplitude) level_ = 0.0f, stage_ = Stage::end;
        break;
    case Stage::fade:
        level_ -= fade_step_ * time;
        if (level_ <= 0.0f) level_ = 0.0f, stage_ = Stage::end;
        break;
    case Stage::end:
        break;
    }
}

} // namespace timbrel::engine
