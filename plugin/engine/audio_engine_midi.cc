// What MIDI messages do to the performer.
#include "plugin/engine/audio_engine.h"
#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float middle_velocity = 100.0f;  // what every note plays at without velocity sensitivity
constexpr float steepest_curve = 1.5f;     // the velocity curve's exponent at its ends, as a power of two
constexpr float soft_velocity = 0.4f;      // share of the velocity that the soft pedal takes away
constexpr float soft_shade = 2.0f;         // octaves by which it lowers the cutoff
constexpr float wheel_vibrato = 0.5f;      // semitones at the modulation wheel's end
constexpr float member_bend_range = 48.0f; // semitones, what MPE prescribes

} // namespace

void Performer::perform(const EventQueue::Event& event, uint32_t delay) {
    context_.tick_rest = tick_left_ - std::min(tick_left_, delay);
    if (event.exclusive_bytes == 0) return perform(event.message, delay);
    const MidiTuning::Change change = tuning_.exclusive(events_.exclusive(event));
    if (change.channels != 0) pool_.retune(tuning_, change, rest_of_tick());
}

void Performer::perform(const MidiMessage& message, uint32_t delay) {
    auto& channel = channels_[message.channel];
    switch (message.kind) {
    case MidiMessage::Kind::note_on:
        message.second > 0 ? note_on(message, delay) : note_off(message, delay);
        break;
    case MidiMessage::Kind::note_off:
        note_off(message, delay);
        break;
    case MidiMessage::Kind::key_pressure:
        pool_.key_pressure(message.channel, message.first, moved_by(static_cast<float>(message.second) / 127.0f, 0.0f),
                           rest_of_tick());
        break;
    case MidiMessage::Kind::controller:
        controller(message);
        break;
    case MidiMessage::Kind::channel_pressure:
        channel.pressure(message.first, rest_of_tick());
        break;
    case MidiMessage::Kind::bend:
        channel.bend(message.first, message.second, rest_of_tick());
        break;
    case MidiMessage::Kind::program:
        break;
    }
}

float Performer::sensed(float velocity) const {
    const float share = value(Parameter::velocity_sensitivity) / 100.0f;
    const float curve = value(Parameter::velocity_curve) / 100.0f;
    const float curved =
        curve == 0.0f ? velocity : 127.0f * std::pow(velocity / 127.0f, std::exp2(-steepest_curve * curve));
    return std::clamp(middle_velocity + share * (curved - middle_velocity), 1.0f, 127.0f);
}

float Performer::release_speed(const MidiMessage& message) const {
    // A note-on with velocity 0 says nothing of speed; by the standard it counts as 64.
    const int velocity = message.kind == MidiMessage::Kind::note_off ? message.second : 64;
    const float place = static_cast<float>(velocity - 64) / (velocity > 64 ? 63.0f : 64.0f);
    return std::exp2(2.0f * place * value(Parameter::release_velocity) / 100.0f);
}

float Performer::soft_share(uint8_t channel) const {
    return std::max(channels_[channel].soft_share(), channels_[zones_.master_of(channel)].soft_share());
}

// For the choice of a stored pitch: what a channel's tuning makes of it, without bend and vibrato.
float Performer::nearest_pitch(uint8_t channel, float pitch) const {
    const uint8_t master = zones_.master_of(channel);
    return pitch + tune_.value() + channels_[channel].tuning_semitones() +
           (master != channel ? channels_[master].tuning_semitones() : 0.0f);
}

// On the plane, by what a finger does to its note.
PlanePoint Performer::moved_by(float pressure, float timbre) const {
    const auto share = [this](Parameter parameter) { return value(parameter) / 100.0f; };
    return {pressure * share(Parameter::pressure_x) + timbre * share(Parameter::timbre_x),
            pressure * share(Parameter::pressure_y) + timbre * share(Parameter::timbre_y)};
}

bool Performer::sustained(uint8_t channel) const {
    return channels_[channel].sustained() || channels_[zones_.master_of(channel)].sustained();
}

ChannelControl Performer::control_of(uint8_t number) const {
    const auto& own = channels_[number];
    const bool member = zones_.member(number);
    const auto& master = channels_[zones_.master_of(number)];
    const float wheel = member ? std::max(own.modulation(), master.modulation()) : own.modulation();
    const float pressure = own.pressure_share() + (member ? master.pressure_share() : 0.0f);
    const float timbre = own.timbre_share() + (member ? master.timbre_share() : 0.0f);
    ChannelControl control;
    control.bend = own.bend_semitones() + (member ? master.bend_semitones() : 0.0f) + tune_.value() +
                   vibrato_ * (vibrato_depth_.value() + wheel_vibrato * wheel);
    control.gain = own.gain() * (member ? master.gain() : 1.0f);
    control.damping = std::min(own.damping(), master.damping());
    control.offset = moved_by(pressure, timbre);
    control.offset_rest = std::max(own.touch_rest(), member ? master.touch_rest() : 0.0f);
    return control;
}

void Performer::note_on(const MidiMessage& message, uint32_t delay) {
    const HeldKey key{message.channel, message.first, message.second};
    const bool tied = keys_.last() != nullptr;
    keys_.press(key);
    strike(key, tied, delay);
}

// `tied`: another key is down already. False when the key has no sound.
bool Performer::strike(const HeldKey& key, bool tied, uint32_t delay) {
    if (!bank_) return false;
    const float pitch = tuning_.pitch(key.channel, key.key);
    if (!Tuning::sounds(pitch)) return false;
    const float mode = value(Parameter::play_mode);
    const bool mono = mode > 0.5f, legato = mode > 1.5f;
    auto* before = mono ? pool_.newest() : nullptr;
    const float from = before ? before->voice.pitch() : last_pitch_;
    last_pitch_ = pitch;
    if (legato && tied && before && before->voice.bank() == bank_) {
        before->voice.change_key(key.key, pitch);
        before->channel = key.channel;
        before->key = key.key;
        before->key_down = true;
        return true;
    }
    if (mono) pool_.fade_all(context_);
    auto& slot = pool_.claim(context_, static_cast<uint32_t>(value(Parameter::polyphony)), key.channel, key.key);
    ++bank_->voices;
    const bool slides = value(Parameter::portamento) > 0.0f && from >= 0.0f && channels_[key.channel].slides();
    const float soft = soft_share(key.channel);
    const float touch = static_cast<float>(key.velocity) * (1.0f - soft_velocity * soft);
    const NoteStart note{.bank = *bank_,
                         .key = key.key,
                         .pitch = pitch,
                         .nearest = nearest_pitch(key.channel, pitch),
                         .velocity = sensed(touch),
                         .touch = touch,
                         .slide = slides ? from - pitch : 0.0f,
                         .shade = soft_shade * soft};
    const auto control = control_of(key.channel);
    slot.voice.start(context_, note, control, place_after(delay));
    slot.delay = delay;
    if (tick_left_ > 0) slot.voice.begin_segment(context_, control, tick_left_ - delay);
    return true;
}

void Performer::note_off(const MidiMessage& message, uint32_t delay) {
    keys_.lift(message.channel, message.first);
    const auto* sounding = value(Parameter::play_mode) > 0.5f ? pool_.newest() : nullptr;
    const bool was_sounding =
        sounding && sounding->key_down && sounding->channel == message.channel && sounding->key == message.first;
    const bool goes_back = was_sounding && keys_.last() && strike(HeldKey(*keys_.last()), true, delay);
    if (!goes_back)
        pool_.key_up(context_, message.channel, message.first, sustained(message.channel), release_speed(message));
}

void Performer::set_zone(uint8_t master, uint8_t members) {
    zones_.set(master, members);
    for (uint8_t channel = 0; channel < channels_.size(); ++channel)
        channels_[channel].set_bend_range(zones_.member(channel) ? member_bend_range : value(Parameter::bend_range));
}

void Performer::select_tuning(uint8_t sender, int program) {
    const auto bounded = static_cast<uint8_t>(std::clamp(program, 0, 127));
    for (uint8_t channel = 0; channel < channels_.size(); ++channel)
        if (zones_.concerns(sender, channel)) tuning_.select(channel, channels_[sender].tuning_bank(), bounded);
}

void Performer::mode_message(uint8_t sender, uint8_t number) {
    for (uint8_t channel = 0; channel < channels_.size(); ++channel) {
        if (!zones_.concerns(sender, channel)) continue;
        if (number == controllers::all_sound_off)
            pool_.fade_channel(context_, channel);
        else if (number == controllers::reset_all)
            channels_[channel].reset_controllers(rest_of_tick()), pool_.clear_pressure(channel, rest_of_tick());
        else if (number >= controllers::all_notes_off)
            pool_.release_channel(context_, channel, sustained(channel));
        if (number != controllers::reset_all) keys_.lift_channel(channel);
    }
}

// What follows when pedals of `sender` came up or went down: `was_…` is how they stood before.
void Performer::pedals(uint8_t sender, bool was_sustained, bool was_sostenuto) {
    const auto& pedal = channels_[sender];
    for (uint8_t channel = 0; channel < channels_.size(); ++channel) {
        if (!zones_.concerns(sender, channel)) continue;
        if (!was_sostenuto && pedal.sostenuto()) pool_.sostenuto_down(channel);
        if (was_sostenuto && !pedal.sostenuto()) pool_.sostenuto_up(context_, channel, sustained(channel));
        if (was_sustained && !sustained(channel)) pool_.pedal_up(context_, channel);
    }
}

// Finer data goes on from where the step leads. At an end nothing happens: to be set anew would release notes where the
// play mode is, and put bend ranges back where MPE is.
void Performer::step_parameter(Channel& channel, Parameter parameter, int step) {
    const float next = clamped(parameter, stepped(parameter, value(parameter), step));
    channel.follow_data(share_at_value(parameter, next));
    if (next != value(parameter)) set_by_controller(parameter, next);
}

// Data for what concerns more than its channel; false for any other controller.
bool Performer::data(const MidiMessage& message) {
    const bool whole = message.first == controllers::data_entry, fine = message.first == controllers::data_entry_fine;
    const int step = (message.first == controllers::data_increment) - (message.first == controllers::data_decrement);
    if (!whole && !fine && step == 0) return false;
    auto& channel = channels_[message.channel];
    if (const auto parameter = channel.parameter(); parameter && step != 0)
        step_parameter(channel, *parameter, step);
    else if (parameter)
        set_by_controller(*parameter, value_at_share(*parameter, channel.data_share(fine, message.second)));
    else if (channel.configures_mpe() && whole && MpeZones::can_be_master(message.channel))
        set_zone(message.channel, message.second);
    else if (channel.selects_tuning() && !fine)
        select_tuning(message.channel, whole ? message.second : tuning_.program(message.channel) + step);
    else
        return false;
    return true;
}

void Performer::controller(const MidiMessage& message) {
    const float share = static_cast<float>(message.second) / 127.0f;
    auto& channel = channels_[message.channel];
    const bool was_sustained = channel.sustained(), was_sostenuto = channel.sostenuto();
    if (message.first == controllers::x)
        set_by_controller(Parameter::x, share);
    else if (message.first == controllers::y)
        set_by_controller(Parameter::y, share);
    else if (message.first == controllers::portamento_time)
        set_by_controller(Parameter::portamento, value_at_share(Parameter::portamento, share * share));
    else if (message.first >= controllers::all_sound_off)
        mode_message(message.channel, message.first);
    else if (!data(message))
        channel.controller(message.first, message.second, rest_of_tick());
    if (was_sustained != channel.sustained() || was_sostenuto != channel.sostenuto())
        pedals(message.channel, was_sustained, was_sostenuto);
}

} // namespace timbrel::engine
