// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI messages, as AudioEngine handles them.
#include "plugin/engine/audio_engine.h"
#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float default_velocity = 100.0f;      // of every note at a velocity sensitivity of 0
constexpr float max_curve_octaves = 1.5f;       // log2 of the velocity curve's exponent at the parameter's ends
constexpr float soft_velocity_drop = 0.4f;      // fraction of the velocity that a pressed soft pedal removes
constexpr float soft_cutoff_octaves = 2.0f;     // by which a pressed soft pedal lowers the cutoff
constexpr float wheel_vibrato_semitones = 0.5f; // with the modulation wheel at its upper end
constexpr float mpe_bend_range = 48.0f;         // semitones on member channels (MPE 1.0, 2.4)

} // namespace

void AudioEngine::handle_event(const EventQueue::Event& event, uint32_t delay) {
    context_.frames_after_event = tick_frames_left_ - std::min(tick_frames_left_, delay);
    if (event.sysex_bytes == 0) return handle_event(event.message, delay);
    const MidiTuning::Change change = tuning_.handle_sysex(events_.sysex(event));
    if (change.channels != 0) pool_.retune(tuning_, change, tick_fraction_left());
}

void AudioEngine::handle_event(const MidiMessage& message, uint32_t delay) {
    auto& channel = channels_[message.channel];
    switch (message.kind) {
    case MidiMessage::Kind::note_on:
        message.second > 0 ? note_on(message, delay) : note_off(message, delay);
        break;
    case MidiMessage::Kind::note_off:
        note_off(message, delay);
        break;
    case MidiMessage::Kind::key_pressure:
        pool_.key_pressure(message.channel, message.first,
                           pressure_offset(static_cast<float>(message.second) / 127.0f, 0.0f), tick_fraction_left());
        break;
    case MidiMessage::Kind::controller:
        control_change(message);
        break;
    case MidiMessage::Kind::channel_pressure:
        channel.set_pressure(message.first, tick_fraction_left());
        break;
    case MidiMessage::Kind::bend:
        channel.set_pitch_bend(message.first, message.second, tick_fraction_left());
        break;
    case MidiMessage::Kind::program:
        break;
    }
}

float AudioEngine::apply_velocity_curve(float velocity) const {
    const float sensitivity = value(Parameter::velocity_sensitivity) / 100.0f;
    const float curve = value(Parameter::velocity_curve) / 100.0f;
    const float shaped =
        curve == 0.0f ? velocity : 127.0f * std::pow(velocity / 127.0f, std::exp2(-max_curve_octaves * curve));
    return std::clamp(default_velocity + sensitivity * (shaped - default_velocity), 1.0f, 127.0f);
}

float AudioEngine::release_speed(const MidiMessage& message) const {
    // A note-on with velocity 0 is a note-off with release velocity 64 (MIDI 1.0).
    const int velocity = message.kind == MidiMessage::Kind::note_off ? message.second : 64;
    const float speed = static_cast<float>(velocity - 64) / (velocity > 64 ? 63.0f : 64.0f);
    return std::exp2(2.0f * speed * value(Parameter::release_velocity) / 100.0f);
}

float AudioEngine::soft_pedal(uint8_t channel) const {
    return std::max(channels_[channel].soft_pedal(), channels_[zones_.master_of(channel)].soft_pedal());
}

// The pitch that selects the stored recording: with the channel's coarse and fine tuning, without bend and vibrato.
float AudioEngine::lookup_pitch(uint8_t channel, float pitch) const {
    const uint8_t master = zones_.master_of(channel);
    return pitch + tune_.value() + channels_[channel].tuning_semitones() +
           (master != channel ? channels_[master].tuning_semitones() : 0.0f);
}

float AudioEngine::key_pitch(uint8_t channel, uint8_t key) {
    return follows_master(channel) ? tuning_master_.pitch(master_channel(channel), key) : tuning_.pitch(channel, key);
}

void AudioEngine::follow_tuning_master() {
    const bool was_present = tuning_master_.present();
    if (!tuning_master_.update() && !was_present) return;
    for (uint32_t i = 0; i < pool_.size(); ++i) {
        auto& slot = pool_[i];
        if (!may_follow_master(slot.channel)) continue;
        const float pitch = key_pitch(slot.channel, slot.key);
        if (pitch != slot.voice.tuned_pitch()) slot.voice.retune(pitch, 1.0f);
    }
}

TuningMasterStatus AudioEngine::tuning_master_status() const noexcept TIMBREL_REALTIME {
    if (!tuning_master_.present()) return TuningMasterStatus::absent;
    if (tuning_.has_scale()) return TuningMasterStatus::scale_overrides;
    for (uint8_t channel = 0; channel < channel_count; ++channel)
        if (tuning_.is_received(channel)) return TuningMasterStatus::message_overrides;
    return TuningMasterStatus::followed;
}

PlanePoint AudioEngine::pressure_offset(float pressure, float timbre) const {
    const auto amount = [this](Parameter parameter) { return value(parameter) / 100.0f; };
    return {pressure * amount(Parameter::pressure_x) + timbre * amount(Parameter::timbre_x),
            pressure * amount(Parameter::pressure_y) + timbre * amount(Parameter::timbre_y)};
}

bool AudioEngine::sustained(uint8_t channel) const {
    return channels_[channel].sustained() || channels_[zones_.master_of(channel)].sustained();
}

ChannelControl AudioEngine::channel_control(uint8_t number) const {
    const auto& channel = channels_[number];
    const bool is_member = zones_.is_member(number);
    const auto& master = channels_[zones_.master_of(number)];
    const float wheel = is_member ? std::max(channel.modulation(), master.modulation()) : channel.modulation();
    const float pressure = channel.pressure() + (is_member ? master.pressure() : 0.0f);
    const float timbre = channel.timbre() + (is_member ? master.timbre() : 0.0f);
    ChannelControl control;
    control.bend = channel.bend_semitones() + (is_member ? master.bend_semitones() : 0.0f) + tune_.value() +
                   vibrato_lfo_ * (vibrato_depth_.value() + wheel_vibrato_semitones * wheel);
    control.gain = channel.gain() * (is_member ? master.gain() : 1.0f);
    control.damping = std::min(channel.damping(), master.damping());
    control.offset = pressure_offset(pressure, timbre);
    control.offset_tick_fraction =
        std::max(channel.touch_tick_fraction(), is_member ? master.touch_tick_fraction() : 0.0f);
    return control;
}

void AudioEngine::note_on(const MidiMessage& message, uint32_t delay) {
    const PressedKey key{message.channel, message.first, message.second};
    const bool overlapping = keys_.last() != nullptr;
    keys_.press(key);
    start_note(key, overlapping, delay);
}

bool AudioEngine::start_note(const PressedKey& key, bool overlapping, uint32_t delay) {
    if (!bank_) return false;
    const float pitch = key_pitch(key.channel, key.key);
    if (!Tuning::sounds(pitch)) return false;
    if (follows_master(key.channel) && tuning_master_.is_silent(master_channel(key.channel), key.key)) return false;
    const float mode = value(Parameter::play_mode); // 0 poly, 1 mono, 2 legato
    const bool mono = mode > 0.5f, legato = mode > 1.5f;
    auto* previous = mono ? pool_.newest() : nullptr;
    const float previous_pitch = previous ? previous->voice.pitch() : last_pitch_;
    last_pitch_ = pitch;
    if (legato && overlapping && previous && previous->voice.bank() == bank_) {
        previous->voice.change_key(key.key, pitch);
        previous->channel = key.channel;
        previous->key = key.key;
        previous->key_down = true;
        return true;
    }
    if (mono) pool_.fade_all(context_);
    auto& slot = pool_.allocate(context_, static_cast<uint32_t>(value(Parameter::polyphony)), key.channel, key.key);
    ++bank_->voices;
    const bool portamento_on =
        value(Parameter::portamento) > 0.0f && previous_pitch >= 0.0f && channels_[key.channel].portamento_on();
    const float soft = soft_pedal(key.channel);
    const float raw_velocity = static_cast<float>(key.velocity) * (1.0f - soft_velocity_drop * soft);
    const NoteStart note{.bank = *bank_,
                         .key = key.key,
                         .pitch = pitch,
                         .lookup_pitch = lookup_pitch(key.channel, pitch),
                         .velocity = apply_velocity_curve(raw_velocity),
                         .raw_velocity = raw_velocity,
                         .portamento_start = portamento_on ? previous_pitch - pitch : 0.0f,
                         .cutoff_drop = soft_cutoff_octaves * soft,
                         .number = motion_.modulation().count_note()};
    const auto control = channel_control(key.channel);
    slot.voice.start(context_, note, control, position_at(delay));
    slot.delay = delay;
    if (tick_frames_left_ > 0) slot.voice.begin_segment(context_, control, tick_frames_left_ - delay);
    return true;
}

void AudioEngine::note_off(const MidiMessage& message, uint32_t delay) {
    keys_.release(message.channel, message.first);
    const auto* newest = value(Parameter::play_mode) > 0.5f ? pool_.newest() : nullptr;
    const bool was_newest =
        newest && newest->key_down && newest->channel == message.channel && newest->key == message.first;
    const bool returns_to_key = was_newest && keys_.last() && start_note(PressedKey(*keys_.last()), true, delay);
    if (!returns_to_key)
        pool_.key_up(context_, message.channel, message.first, sustained(message.channel), release_speed(message));
}

void AudioEngine::set_mpe_zone(uint8_t master, uint8_t members) {
    zones_.set(master, members);
    for (uint8_t channel = 0; channel < channel_count; ++channel)
        channels_[channel].set_bend_range(zones_.is_member(channel) ? mpe_bend_range : value(Parameter::bend_range));
}

void AudioEngine::select_tuning_program(uint8_t sender, int program) {
    const auto bounded = static_cast<uint8_t>(std::clamp(program, 0, 127));
    for (uint8_t channel = 0; channel < channel_count; ++channel)
        if (zones_.affects(sender, channel)) tuning_.select(channel, channels_[sender].tuning_bank(), bounded);
}

void AudioEngine::channel_mode_message(uint8_t sender, uint8_t number) {
    for (uint8_t channel = 0; channel < channel_count; ++channel) {
        if (!zones_.affects(sender, channel)) continue;
        if (number == controllers::all_sound_off)
            pool_.fade_channel(context_, channel);
        else if (number == controllers::reset_all)
            channels_[channel].reset_controllers(tick_fraction_left()),
                pool_.clear_pressure(channel, tick_fraction_left());
        else if (number >= controllers::all_notes_off)
            pool_.release_channel(context_, channel, sustained(channel));
        if (number != controllers::reset_all) keys_.release_channel(channel);
    }
}

void AudioEngine::update_pedals(uint8_t sender, bool was_sustained, bool was_sostenuto) {
    const auto& pedal = channels_[sender];
    for (uint8_t channel = 0; channel < channel_count; ++channel) {
        if (!zones_.affects(sender, channel)) continue;
        if (!was_sostenuto && pedal.sostenuto()) pool_.sostenuto_down(channel);
        if (was_sostenuto && !pedal.sostenuto()) pool_.sostenuto_up(context_, channel, sustained(channel));
        if (was_sustained && !sustained(channel)) pool_.sustain_up(context_, channel);
    }
}

// Later fine data entry continues from the stepped value. At the end of the range nothing is set: setting the play mode
// releases all notes, and setting MPE resets the bend ranges, even when the value is the same.
void AudioEngine::step_parameter(MidiChannel& channel, Parameter parameter, int step) {
    const float next = clamped(parameter, stepped(parameter, value(parameter), step));
    channel.set_data_position(to_normalised(parameter, next));
    if (next != value(parameter)) set_from_midi(parameter, next);
}

bool AudioEngine::data_entry(const MidiMessage& message) {
    const bool coarse = message.first == controllers::data_entry, fine = message.first == controllers::data_entry_fine;
    const int step = (message.first == controllers::data_increment) - (message.first == controllers::data_decrement);
    if (!coarse && !fine && step == 0) return false;
    auto& channel = channels_[message.channel];
    if (const auto parameter = channel.parameter(); parameter && step != 0)
        step_parameter(channel, *parameter, step);
    else if (parameter)
        set_from_midi(*parameter, from_normalised(*parameter, channel.data_fraction(fine, message.second)));
    else if (channel.mpe_configuration_selected() && coarse && MpeZones::can_be_master(message.channel))
        set_mpe_zone(message.channel, message.second);
    else if (channel.tuning_program_selected() && !fine)
        select_tuning_program(message.channel, coarse ? message.second : tuning_.program(message.channel) + step);
    else
        return false;
    return true;
}

void AudioEngine::control_change(const MidiMessage& message) {
    const float normalised = static_cast<float>(message.second) / 127.0f;
    auto& channel = channels_[message.channel];
    const bool was_sustained = channel.sustained(), was_sostenuto = channel.sostenuto();
    if (message.first == controllers::x)
        set_from_midi(Parameter::x, normalised);
    else if (message.first == controllers::y)
        set_from_midi(Parameter::y, normalised);
    else if (message.first == controllers::portamento_time)
        set_from_midi(Parameter::portamento, from_normalised(Parameter::portamento, normalised * normalised));
    else if (message.first >= controllers::all_sound_off)
        channel_mode_message(message.channel, message.first);
    else if (!data_entry(message))
        channel.control_change(message.first, message.second, tick_fraction_left());
    if (was_sustained != channel.sustained() || was_sostenuto != channel.sostenuto())
        update_pedals(message.channel, was_sustained, was_sostenuto);
}

} // namespace timbrel::engine
