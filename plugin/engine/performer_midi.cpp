// What MIDI messages do to the performer.
#include "plugin/engine/controllers.h"
#include "plugin/engine/performer.h"

#include <algorithm>

namespace timbrel {

namespace {

constexpr float middle_velocity = 100.0f; // what every note plays at without velocity sensitivity

} // namespace

void Performer::perform(const MidiMessage& message) {
    switch (message.kind) {
    case MidiMessage::Kind::note_on:
        if (message.second > 0) {
            note_on(message);
            break;
        }
        [[fallthrough]];
    case MidiMessage::Kind::note_off:
        pool_.key_up(message.channel, message.first, channels_[message.channel].sustained());
        break;
    case MidiMessage::Kind::controller:
        controller(message);
        break;
    case MidiMessage::Kind::bend:
        channels_[message.channel].bend(message.first, message.second);
        break;
    default:
        break;
    }
}

float Performer::sensed(uint8_t velocity) const {
    const float share = value(Parameter::velocity_sensitivity) / 100.0f;
    return std::clamp(middle_velocity + share * (static_cast<float>(velocity) - middle_velocity), 1.0f, 127.0f);
}

void Performer::note_on(const MidiMessage& message) {
    if (!bank_) return;
    auto& slot =
        pool_.claim(context_, static_cast<uint32_t>(value(Parameter::polyphony)), message.channel, message.first);
    ++bank_->voices;
    const auto control = channels_[message.channel].control();
    slot.voice.start(context_, *bank_, message.first, sensed(message.second), control, PlanePath{place(), {}});
    if (tick_left_ > 0) slot.voice.begin_segment(context_, control, tick_left_);
}

void Performer::controller(const MidiMessage& message) {
    const float share = static_cast<float>(message.second) / 127.0f;
    auto& channel = channels_[message.channel];
    const bool sustained = channel.sustained();
    switch (message.first) {
    case controllers::x:
        x_.aim(share);
        break;
    case controllers::y:
        y_.aim(share);
        break;
    case controllers::all_sound_off:
        for (uint32_t i = 0; i < pool_.size(); ++i)
            if (pool_[i].channel == message.channel) pool_[i].voice.fade(context_);
        break;
    case controllers::reset_all:
        channel.reset_controllers();
        break;
    default:
        if (message.first >= controllers::all_notes_off)
            pool_.release_channel(message.channel, sustained);
        else
            channel.controller(message.first, message.second);
        break;
    }
    if (sustained && !channel.sustained()) pool_.pedal_up(message.channel);
}

} // namespace timbrel
