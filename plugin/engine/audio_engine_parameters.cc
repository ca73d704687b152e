// What parameters do to the performer.
#include "plugin/engine/audio_engine.h"

#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float octaves_across = 4.0f; // from the plane's one side to the other, at full key tracking

float amplitude_of(float level_db) {
    return level_db <= info(Parameter::level).minimum ? 0.0f : std::pow(10.0f, level_db / 20.0f);
}

// Of a sync parameter's value: 0 for off, then from a quarter of a beat on, each twice the one before.
double beats_of(float sync) { return sync < 0.5f ? 0.0 : std::exp2(double{sync} - 3.0); }

} // namespace

bool Performer::set(Parameter parameter, float value) {
    const auto index = static_cast<size_t>(parameter);
    if (wanted_[index] == value) return false;
    wanted_[index] = values_[index] = value;
    return true;
}

void Performer::set_parameters(const ParameterValues& values) {
    context_.tick_rest = tick_left_;
    std::array<bool, parameter_count> changed;
    for (size_t i = 0; i < parameter_count; ++i) changed[i] = set(static_cast<Parameter>(i), values[i]);
    for (size_t i = 0; i < parameter_count; ++i)
        if (changed[i]) apply(static_cast<Parameter>(i));
}

void Performer::set_by_controller(Parameter parameter, float value) {
    values_[static_cast<size_t>(parameter)] = clamped(parameter, value);
    apply(parameter);
}

void Performer::apply(Parameter parameter) {
    const float value = this->value(parameter);
    const auto rate = static_cast<float>(context_.rate);
    switch (parameter) {
    case Parameter::x:
        motion_.aim_x(value, rest_of_tick());
        break;
    case Parameter::y:
        motion_.aim_y(value, rest_of_tick());
        break;
    case Parameter::glide:
        context_.plane_rate = GlideRate::over(value * 0.001f * rate / tick_frames);
        cv_rate_ = GlideRate::over(value * 0.001f * rate);
        apply_motion();
        break;
    case Parameter::level:
        level_.aim(amplitude_of(value), rest_of_tick());
        break;
    case Parameter::attack:
    case Parameter::decay:
    case Parameter::sustain:
        context_.envelope = EnvelopeShape::make(this->value(Parameter::attack), this->value(Parameter::decay),
                                                this->value(Parameter::sustain), rate);
        break;
    case Parameter::release:
        context_.gated_octaves = release_octaves(value, rate);
        break;
    case Parameter::release_mode:
        context_.gated = value > 0.5f;
        break;
    case Parameter::bend_range:
        for (uint8_t channel = 0; channel < channels_.size(); ++channel)
            if (!zones_.member(channel)) channels_[channel].set_bend_range(value);
        break;
    case Parameter::polyphony:
        pool_.fade_beyond(context_, static_cast<uint32_t>(value));
        break;
    case Parameter::cutoff:
        cutoff_.aim(std::log2(value), rest_of_tick());
        break;
    case Parameter::resonance:
        resonance_.aim(value / 100.0f, rest_of_tick());
        break;
    case Parameter::cutoff_key:
        context_.cutoff_key = value / 100.0f;
        break;
    case Parameter::cutoff_velocity:
        context_.cutoff_velocity = value;
        break;
    case Parameter::width:
        width_.aim(value / 100.0f, rest_of_tick());
        break;
    case Parameter::tune:
        tune_.aim(value / 100.0f, rest_of_tick());
        break;
    case Parameter::vibrato_depth:
        vibrato_depth_.aim(value / 100.0f, rest_of_tick());
        break;
    case Parameter::natural_vibrato:
        natural_vibrato_.aim(value / 100.0f, rest_of_tick());
        break;
    case Parameter::portamento:
        context_.slide_rate = GlideRate::over(value * 0.001f * rate / tick_frames);
        break;
    case Parameter::play_mode:
        pool_.release_all(context_);
        keys_.clear();
        break;
    case Parameter::mpe:
        zones_.clear();
        set_zone(MpeZones::lower_master, value > 0.5f ? 15 : 0);
        break;
    case Parameter::key_x:
        context_.by_key.x = value / 100.0f / octaves_across;
        break;
    case Parameter::key_y:
        context_.by_key.y = value / 100.0f / octaves_across;
        break;
    case Parameter::velocity_x:
        context_.by_velocity.x = value / 100.0f;
        break;
    case Parameter::velocity_y:
        context_.by_velocity.y = value / 100.0f;
        break;
    case Parameter::layer:
        layer_.aim(value / (100.0f + value), rest_of_tick());
        break;
    case Parameter::orbit_reach:
        motion_.aim_orbit(value / 200.0f, rest_of_tick());
        break;
    case Parameter::wander_reach:
        motion_.aim_wander(value / 200.0f, rest_of_tick());
        break;
    case Parameter::orbit_rate:
    case Parameter::orbit_sync:
    case Parameter::wander_rate:
    case Parameter::gesture:
    case Parameter::gesture_loop:
    case Parameter::gesture_sync:
    case Parameter::gesture_scope:
        apply_motion();
        break;
    case Parameter::velocity_curve: // looked up where they are used
    case Parameter::velocity_sensitivity:
    case Parameter::release_velocity:
    case Parameter::vibrato_rate:
    case Parameter::pressure_x:
    case Parameter::pressure_y:
    case Parameter::timbre_x:
    case Parameter::timbre_y:
    case Parameter::count:
        break;
    }
}

void Performer::apply_motion() {
    PlaneMotion::Settings settings;
    settings.glide = context_.plane_rate;
    settings.orbit_rate = value(Parameter::orbit_rate);
    settings.orbit_beats = beats_of(value(Parameter::orbit_sync));
    settings.wander_rate = value(Parameter::wander_rate);
    settings.gesture = static_cast<PlaneMotion::Gesture>(value(Parameter::gesture));
    settings.playing.loops = value(Parameter::gesture_loop) > 0.5f;
    settings.playing.beats = beats_of(value(Parameter::gesture_sync));
    settings.playing.each_note = value(Parameter::gesture_scope) > 0.5f;
    motion_.set(settings);
}

} // namespace timbrel::engine
