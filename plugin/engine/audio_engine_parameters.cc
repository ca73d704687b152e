// SPDX-License-Identifier: GPL-3.0-or-later
// The effect of each parameter on AudioEngine.
#include "plugin/engine/audio_engine.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace timbrel::engine {

namespace {

constexpr float tracking_octaves = 4.0f; // from one side of the plane to the other at full key tracking

// Amplitude of a level in dB; the parameter's minimum is silence.
float level_amplitude(float level_db) {
    return level_db <= info(Parameter::level).minimum ? 0.0f : std::pow(10.0f, level_db / 20.0f);
}

// Beats of a value of points::sync: 0 is off, 1 a quarter of a beat, each further value twice the one before.
double sync_beats(float sync) { return sync < 0.5f ? 0.0 : std::exp2(double{sync} - 3.0); }

// Beats of a value of points::beats.
double note_beats(float sync) {
    static constexpr double beats[] = {0.0, 0.25, 1.0 / 3, 0.5, 2.0 / 3, 0.75, 1.0,
                                       1.5, 2.0,  3.0,     4.0, 8.0,     16.0, 32.0};
    static_assert(std::size(beats) == std::size(points::beats));
    return beats[static_cast<size_t>(sync)];
}

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

    {Parameter::tune, [](AudioEngine& e, float cents) { e.aim_percent(e.tune_, cents); }},
    {Parameter::vibrato_depth, [](AudioEngine& e, float cents) { e.aim_percent(e.vibrato_depth_, cents); }},
    {Parameter::natural_vibrato, [](AudioEngine& e, float percent) { e.aim_percent(e.natural_vibrato_, percent); }},
    {Parameter::natural_pitch, [](AudioEngine& e, float percent) { e.aim_percent(e.natural_pitch_, percent); }},
    {Parameter::bend_range, [](AudioEngine& e, float semitones) { e.apply_bend_range(semitones); }},
    {Parameter::portamento, [](AudioEngine& e, float ms) { e.context_.portamento_rate = e.tick_rate(ms); }},
    {Parameter::polyphony,
     [](AudioEngine& e, float voices) { e.pool_.limit_polyphony(e.context_, static_cast<uint32_t>(voices)); }},
    {Parameter::play_mode, [](AudioEngine& e, float) { e.pool_.release_all(e.context_), e.keys_.clear(); }},
    {Parameter::mpe,
     [](AudioEngine& e, float mpe) { e.zones_.clear(), e.set_mpe_zone(MpeZones::lower_master, mpe > 0.5f ? 15 : 0); }},

    {Parameter::orbit_rate, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::orbit_sync, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::wander_rate, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::gesture, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_loop, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_sync, [](AudioEngine& e, float) { e.update_motion(); }},
    {Parameter::gesture_scope, [](AudioEngine& e, float) { e.update_motion(); }},

    {Parameter::lfo1_shape, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo1_rate, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo1_sync, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo1_scope, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo2_shape, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo2_rate, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo2_sync, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::lfo2_scope, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::env2_attack, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::env2_decay, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::env2_sustain, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::env2_release, [](AudioEngine& e, float) { e.update_modulation(); }},
    {Parameter::delay_time, [](AudioEngine& e, float) { e.update_delay(); }},
    {Parameter::delay_sync, [](AudioEngine& e, float) { e.update_delay(); }},
    {Parameter::delay_feedback, [](AudioEngine& e, float) { e.update_delay(); }},
    {Parameter::delay_tone, [](AudioEngine& e, float) { e.update_delay(); }},
    {Parameter::delay_mix, [](AudioEngine& e, float) { e.update_delay(); }},
    {Parameter::reverb_size, [](AudioEngine& e, float) { e.update_reverb(); }},
    {Parameter::reverb_decay, [](AudioEngine& e, float) { e.update_reverb(); }},
    {Parameter::reverb_damping, [](AudioEngine& e, float) { e.update_reverb(); }},
    {Parameter::reverb_mix, [](AudioEngine& e, float) { e.update_reverb(); }},
};

// The reach of orbit, walk and LFOs on the plane is a diameter.
constinit const AudioEngine::ModulationRoute AudioEngine::modulation_routes[] = {
    {Parameter::orbit_reach, ModulationSource::orbit, ModulationTarget::x, 200},
    {Parameter::orbit_reach, ModulationSource::orbit, ModulationTarget::y, 200},
    {Parameter::wander_reach, ModulationSource::walk, ModulationTarget::x, 200},
    {Parameter::wander_reach, ModulationSource::walk, ModulationTarget::y, 200},
    {Parameter::key_x, ModulationSource::key, ModulationTarget::x, 100 * tracking_octaves},
    {Parameter::key_y, ModulationSource::key, ModulationTarget::y, 100 * tracking_octaves},
    {Parameter::cutoff_key, ModulationSource::key, ModulationTarget::cutoff, 100},
    {Parameter::velocity_x, ModulationSource::velocity, ModulationTarget::x, 100},
    {Parameter::velocity_y, ModulationSource::velocity, ModulationTarget::y, 100},
    {Parameter::cutoff_velocity, ModulationSource::velocity, ModulationTarget::cutoff, 1},
    {Parameter::lfo1_x, ModulationSource::lfo_1, ModulationTarget::x, 200},
    {Parameter::lfo1_y, ModulationSource::lfo_1, ModulationTarget::y, 200},
    {Parameter::lfo1_cutoff, ModulationSource::lfo_1, ModulationTarget::cutoff, 1},
    {Parameter::lfo1_level, ModulationSource::lfo_1, ModulationTarget::level, 100},
    {Parameter::lfo1_pitch, ModulationSource::lfo_1, ModulationTarget::pitch, 100},
    {Parameter::lfo1_width, ModulationSource::lfo_1, ModulationTarget::width, 100},
    {Parameter::lfo2_x, ModulationSource::lfo_2, ModulationTarget::x, 200},
    {Parameter::lfo2_y, ModulationSource::lfo_2, ModulationTarget::y, 200},
    {Parameter::lfo2_cutoff, ModulationSource::lfo_2, ModulationTarget::cutoff, 1},
    {Parameter::lfo2_level, ModulationSource::lfo_2, ModulationTarget::level, 100},
    {Parameter::lfo2_pitch, ModulationSource::lfo_2, ModulationTarget::pitch, 100},
    {Parameter::lfo2_width, ModulationSource::lfo_2, ModulationTarget::width, 100},
    {Parameter::env2_x, ModulationSource::envelope, ModulationTarget::x, 100},
    {Parameter::env2_y, ModulationSource::envelope, ModulationTarget::y, 100},
    {Parameter::env2_cutoff, ModulationSource::envelope, ModulationTarget::cutoff, 1},
    {Parameter::env2_level, ModulationSource::envelope, ModulationTarget::level, 100},
    {Parameter::env2_pitch, ModulationSource::envelope, ModulationTarget::pitch, 100},
    {Parameter::env2_width, ModulationSource::envelope, ModulationTarget::width, 100},
};

void AudioEngine::apply(Parameter parameter) {
    for (const ModulationRoute& route : modulation_routes)
        if (route.parameter == parameter)
            motion_.modulation().set_amount(route.source, route.target, value(parameter) / route.divisor,
                                            tick_fraction_left());
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
    settings.gesture = static_cast<PlaneMotion::Gesture>(value(Parameter::gesture));
    settings.player.loops = value(Parameter::gesture_loop) > 0.5f;
    settings.player.beats = sync_beats(value(Parameter::gesture_sync));
    settings.player.per_note = value(Parameter::gesture_scope) > 0.5f;
    motion_.set(settings);
}

Lfo::Settings AudioEngine::lfo_settings(Parameter shape) const {
    const auto at = [&](size_t offset) { return values_[static_cast<size_t>(shape) + offset]; };
    static_assert(static_cast<size_t>(Parameter::lfo1_scope) == static_cast<size_t>(Parameter::lfo1_shape) + 3 &&
                  static_cast<size_t>(Parameter::lfo2_scope) == static_cast<size_t>(Parameter::lfo2_shape) + 3);
    return {static_cast<LfoShape>(at(0)), at(1), note_beats(at(2)), at(3) > 0.5f};
}

void AudioEngine::update_modulation() {
    Modulation::Settings settings;
    settings.orbit_rate = value(Parameter::orbit_rate);
    settings.orbit_beats = sync_beats(value(Parameter::orbit_sync));
    settings.wander_rate = value(Parameter::wander_rate);
    settings.lfos = {lfo_settings(Parameter::lfo1_shape), lfo_settings(Parameter::lfo2_shape)};
    const float sustain_db = 20.0f * std::log10(std::max(value(Parameter::env2_sustain) / 100.0f, 0.001f));
    settings.envelope =
        EnvelopeShape::make(value(Parameter::env2_attack), value(Parameter::env2_decay), sustain_db, rate());
    settings.envelope_release = release_octaves(value(Parameter::env2_release), rate());
    motion_.modulation().set(settings);
}

void AudioEngine::update_delay() {
    delay_.set({.seconds = value(Parameter::delay_time) / 1000.0f,
                .beats = note_beats(value(Parameter::delay_sync)),
                .feedback = value(Parameter::delay_feedback) / 100.0f,
                .tone_hertz = value(Parameter::delay_tone),
                .mix = value(Parameter::delay_mix) / 100.0f});
}

void AudioEngine::update_reverb() {
    reverb_.set({.size = value(Parameter::reverb_size) / 100.0f,
                 .decay_seconds = value(Parameter::reverb_decay),
                 .damping = value(Parameter::reverb_damping) / 100.0f,
                 .mix = value(Parameter::reverb_mix) / 100.0f});
}

} // namespace timbrel::engine
