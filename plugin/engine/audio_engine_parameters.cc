// SPDX-License-Identifier: GPL-3.0-or-later
// The effect of each parameter on AudioEngine.
#include "plugin/engine/audio_engine.h"

#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float tracking_octaves = 4.0f; // from one side of the plane to the other at full key tracking

// Amplitude of a level in dB; the parameter's minimum is silence.
float level_amplitude(float level_db) {
    return level_db <= info(Parameter::level).minimum ? 0.0f : std::pow(10.0f, level_db / 20.0f);
}

// Beats of a sync parameter's value: 0 is off, 1 a quarter of a beat, each further value twice the one before.
double sync_beats(float sync) { return sync < 0.5f ? 0.0 : std::exp2(double{sync} - 3.0); }

} // namespace

// Parameters without a row are read where they are used.
constinit const AudioEngine::ParameterAction AudioEngine::parameter_actions[] = {
    {Parameter::x, [](AudioEngine& e, float x) { e.motion_.set_x_target(x, e.tick_fraction_left()); }},
    {Parameter::y, [](AudioEngine& e, float y) { e.motion_.set_y_target(y, e.tick_fraction_left()); }},
    {Parameter::glide, [](AudioEngine& e, float ms) { e.apply_glide(ms); }},
    {Parameter::level,
     [](AudioEngine& e, float db) { e.level_.set_target(level_amplitude(db), e.tick_fraction_left()); }},
    {Parameter::width, [](AudioEngine& e, float percent) { e.aim_percent(e.width_, percent); }},
    {Parameter::layer, [](AudioEngine& e, float percent) { e.apply_layer(percent); }},

    {Parameter::attack, [](AudioEngine& e, float) { e.update_envelope(); }},
    {Parameter::decay, [](AudioEngine& e, float) { e.update_envelope(); }},
    {Parameter::sustain, [](AudioEngine& e, float) { e.update_envelope(); }},
    {Parameter::release, [](AudioEngine& e, float s) { e.context_.gated_release = release_octaves(s, e.rate()); }},
    {Parameter::release_mode, [](AudioEngine& e, float mode) { e.context_.use_gated_release = mode > 0.5f; }},

    {Parameter::cutoff, [](AudioEngine& e, float hz) { e.cutoff_.set_target(std::log2(hz), e.tick_fraction_left()); }},
    {Parameter::resonance, [](AudioEngine& e, float percent) { e.aim_percent(e.resonance_, percent); }},
    {Parameter::cutoff_key, [](AudioEngine& e, float percent) { e.context_.cutoff_key = percent / 100.0f; }},
    {Parameter::cutoff_velocity, [](AudioEngine& e, float octaves) { e.context_.cutoff_velocity = octaves; }},

    {Parameter::tune, [](AudioEngine& e, float cents) { e.aim_percent(e.tune_, cents); }},
    {Parameter::vibrato_depth, [](AudioEngine& e, float cents) { e.aim_percent(e.vibrato_depth_, cents); }},
    {Parameter::natural_vibrato, [](AudioEngine& e, float percent) { e.aim_percent(e.natural_vibrato_, percent); }},
    {Parameter::bend_range, [](AudioEngine& e, float semitones) { e.apply_bend_range(semitones); }},
    {Parameter::portamento, [](AudioEngine& e, float ms) { e.context_.portamento_rate = e.tick_rate(ms); }},
    {Parameter::polyphony,
     [](AudioEngine& e, float voices) { e.pool_.limit_polyphony(e.context_, static_cast<uint32_t>(voices)); }},
    {Parameter::play_mode, [](AudioEngine& e, float) { e.pool_.release_all(e.context_), e.keys_.clear(); }},
    {Parameter::mpe,
     [](AudioEngine& e, float mpe) { e.zones_.clear(), e.set_mpe_zone(MpeZones::lower_master, mpe > 0.5f ? 15 : 0); }},

    {Parameter::key_x,
     [](AudioEngine& e, float percent) { e.context_.key_tracking.x = percent / 100.0f / tracking_octaves; }},
    {Parameter::key_y,
     [](AudioEngine& e, float percent) { e.context_.key_tracking.y = percent / 100.0f / tracking_octaves; }},
    {Parameter::velocity_x, [](AudioEngine& e, float percent) { e.context_.velocity_tracking.x = percent / 100.0f; }},
    {Parameter::velocity_y, [](AudioEngine& e, float percent) { e.context_.velocity_tracking.y = percent / 100.0f; }},

    // The reach is a diameter in percent of the plane.
    {Parameter::orbit_reach,
     [](AudioEngine& e, float percent) { e.motion_.set_orbit_radius(percent / 200.0f, e.tick_fraction_left()); }},
    {Parameter::wander_reach,
     [](AudioEngine& e, float percent) { e.motion_.set_walk_radius(percent / 200.0f, e.tick_fraction_left()); }},
    {Parameter::orbit_rate, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::orbit_sync, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::wander_rate, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_loop, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_sync, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_scope, [](AudioEngine& e, float) { e.update_motion(); }},
};

void AudioEngine::apply(Parameter parameter) {
    for (const ParameterAction& row : parameter_actions)
        if (row.parameter == parameter) return row.apply(*this, value(parameter));
}

bool AudioEngine::store_host_value(Parameter parameter, float value) {
    const auto index = static_cast<size_t>(parameter);
    if (host_values_[index] == value) return false;
    host_values_[index] = values_[index] = value;
    return true;
}

void AudioEngine::set_parameters(const ParameterValues& values) noexcept TIMBREL_REALTIME {
    context_.frames_after_event = tick_frames_left_;
    std::array<bool, parameter_count> changed;
    for (size_t i = 0; i < parameter_count; ++i) changed[i] = store_host_value(static_cast<Parameter>(i), values[i]);
    for (size_t i = 0; i < parameter_count; ++i)
        if (changed[i]) apply(static_cast<Parameter>(i));
}

void AudioEngine::set_from_midi(Parameter parameter, float value) {
    values_[static_cast<size_t>(parameter)] = clamped(parameter, value);
    apply(parameter);
}

SmootherRate AudioEngine::tick_rate(float milliseconds) const {
    return SmootherRate::over(milliseconds * 0.001f * rate() / tick_frames);
}

void AudioEngine::aim_percent(Smoother& smoother, float percent) {
    smoother.set_target(percent / 100.0f, tick_fraction_left());
}

void AudioEngine::apply_glide(float milliseconds) {
    context_.glide_rate = tick_rate(milliseconds);
    cv_rate_ = SmootherRate::over(milliseconds * 0.001f * rate());
    update_motion();
}

// At 100 % the corner's sound and the blend have equal weights.
void AudioEngine::apply_layer(float percent) { layer_.set_target(percent / (100.0f + percent), tick_fraction_left()); }

void AudioEngine::apply_bend_range(float semitones) {
    for (uint8_t channel = 0; channel < channel_count; ++channel)
        if (!zones_.is_member(channel)) channels_[channel].set_bend_range(semitones);
}

void AudioEngine::update_envelope() {
    context_.envelope =
        EnvelopeShape::make(value(Parameter::attack), value(Parameter::decay), value(Parameter::sustain), rate());
}

void AudioEngine::update_motion() {
    PlaneMotion::Settings settings;
    settings.glide = context_.glide_rate;
    settings.orbit_rate = value(Parameter::orbit_rate);
    settings.orbit_beats = sync_beats(value(Parameter::orbit_sync));
    settings.wander_rate = value(Parameter::wander_rate);
    settings.gesture = static_cast<PlaneMotion::Gesture>(value(Parameter::gesture));
    settings.player.loops = value(Parameter::gesture_loop) > 0.5f;
    settings.player.beats = sync_beats(value(Parameter::gesture_sync));
    settings.player.per_note = value(Parameter::gesture_scope) > 0.5f;
    motion_.set(settings);
}

} // namespace timbrel::engine
