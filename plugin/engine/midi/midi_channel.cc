// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/midi/midi_channel.h"

#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float pedal_up = 0.1f, pedal_down = 0.9f; // half pedalling lies between

} // namespace

void MidiChannel::reset(float bend_range) noexcept TIMBREL_REALTIME {
    *this = MidiChannel();
    set_bend_range(bend_range);
}

void MidiChannel::reset_controllers(float tick_fraction) noexcept TIMBREL_REALTIME {
    wheel_ = 0.0f;
    sustain_ = sostenuto_ = soft_ = 0;
    portamento_ = 127;
    pressure_ = 0;
    modulation_.set_target(0.0f, tick_fraction);
    touch_tick_fraction_ = tick_fraction;
    expression_ = 127;
    parameter_high_ = parameter_low_ = 127;
    update_bend(tick_fraction);
    update_gain(tick_fraction);
}

void MidiChannel::set_bend_range(float semitones) noexcept TIMBREL_REALTIME {
    bend_range_ = semitones;
    range_semitones_ = static_cast<uint8_t>(semitones);
    range_cents_ = 0;
    update_bend(0.0f);
}

void MidiChannel::set_pitch_bend(uint8_t low, uint8_t high, float tick_fraction) noexcept TIMBREL_REALTIME {
    const int bend = high * 128 + low - 8192;
    wheel_ = static_cast<float>(bend) / (bend > 0 ? 8191.0f : 8192.0f);
    update_bend(tick_fraction);
}

void MidiChannel::update_gain(float tick_fraction) {
    const float gain = static_cast<float>(volume_) * static_cast<float>(expression_) / (127.0f * 127.0f);
    gain_.set_target(gain * gain, tick_fraction);
}

void MidiChannel::control_change(uint8_t number, uint8_t value, float tick_fraction) noexcept TIMBREL_REALTIME {
    switch (number) {
    case controllers::data_entry:
        data_entry(false, value, tick_fraction);
        break;
    case controllers::data_entry_fine:
        data_entry(true, value, tick_fraction);
        break;
    case controllers::data_increment:
        data_step(1, tick_fraction);
        break;
    case controllers::data_decrement:
        data_step(-1, tick_fraction);
        break;
    case controllers::volume:
        volume_ = value;
        update_gain(tick_fraction);
        break;
    case controllers::expression:
        expression_ = value;
        update_gain(tick_fraction);
        break;
    case controllers::modulation:
        modulation_.set_target(static_cast<float>(value) / 127.0f, tick_fraction);
        break;
    case controllers::sustain:
        sustain_ = value;
        break;
    case controllers::portamento:
        portamento_ = value;
        break;
    case controllers::sostenuto:
        sostenuto_ = value;
        break;
    case controllers::soft:
        soft_ = value;
        break;
    case controllers::timbre:
        timbre_ = value;
        touch_tick_fraction_ = tick_fraction;
        break;
    case controllers::registered_low:
    case controllers::registered_high:
    case controllers::unregistered_low:
    case controllers::unregistered_high:
        select_parameter(number, value);
        break;
    default:
        break;
    }
}

void MidiChannel::select_parameter(uint8_t controller, uint8_t value) {
    const bool registered = controller == controllers::registered_low || controller == controllers::registered_high;
    const bool high = controller == controllers::registered_high || controller == controllers::unregistered_high;
    if (registered != registered_) parameter_high_ = parameter_low_ = 127;
    registered_ = registered;
    (high ? parameter_high_ : parameter_low_) = value;
    data_high_ = 0;
}

void MidiChannel::data_entry(bool fine, uint8_t value, float tick_fraction) {
    if (!registered_ || parameter_high_ != 0) return;
    switch (parameter_low_) {
    case 0:
        // At most 99 cents; with 100 or more, a data increment could lower the range.
        fine ? set_range(range_semitones_, std::min<int>(value, 99), tick_fraction)
             : set_range(value, range_cents_, tick_fraction);
        break;
    case 1:
        set_fine_tuning(fine ? (fine_data_ & ~0x7f) | value : value << 7 | (fine_data_ & 0x7f));
        break;
    case 2:
        if (!fine) coarse_ = static_cast<float>(value) - 64.0f;
        break;
    case 4:
        if (!fine) tuning_bank_ = value;
        break;
    default:
        break;
    }
    tuning_ = fine_ + coarse_;
}

// Step sizes by the MIDI Association's recommended practice RP-018.
void MidiChannel::data_step(int step, float tick_fraction) {
    if (!registered_ || parameter_high_ != 0) return;
    switch (parameter_low_) {
    case 0: {
        const int cents = std::clamp(100 * range_semitones_ + range_cents_ + step, 0, 12799);
        set_range(cents / 100, cents % 100, tick_fraction);
        break;
    }
    case 1:
        set_fine_tuning(std::clamp(fine_data_ + step, 0, 16383));
        break;
    case 2:
        coarse_ = std::clamp(coarse_ + static_cast<float>(step), -64.0f, 63.0f);
        break;
    case 4:
        tuning_bank_ = static_cast<uint8_t>(std::clamp(tuning_bank_ + step, 0, 127));
        break;
    default:
        break;
    }
    tuning_ = fine_ + coarse_;
}

void MidiChannel::set_range(int semitones, int cents, float tick_fraction) {
    range_semitones_ = static_cast<uint8_t>(semitones);
    range_cents_ = static_cast<uint8_t>(cents);
    bend_range_ = static_cast<float>(semitones) + static_cast<float>(cents) / 100.0f;
    update_bend(tick_fraction);
}

void MidiChannel::set_fine_tuning(int data) {
    fine_data_ = data;
    fine_ = static_cast<float>(data - 8192) / 8192.0f;
}

std::optional<Parameter> MidiChannel::parameter() const noexcept TIMBREL_REALTIME {
    if (registered_ || parameter_high_ != 0 || parameter_low_ >= parameter_count) return std::nullopt;
    return static_cast<Parameter>(parameter_low_);
}

float MidiChannel::data_fraction(bool fine, uint8_t value) noexcept TIMBREL_REALTIME {
    if (fine) return static_cast<float>(data_high_ * 128 + value) / 16383.0f;
    data_high_ = value;
    // The full range in 7 bits, for senders without fine data.
    return static_cast<float>(value) / 127.0f;
}

void MidiChannel::set_data_position(float normalised) noexcept TIMBREL_REALTIME {
    data_high_ = static_cast<uint8_t>(std::lround(normalised * 16383.0f) >> 7);
}

float MidiChannel::damping() const noexcept TIMBREL_REALTIME {
    const float pedal = static_cast<float>(sustain_) / 127.0f;
    const float lift = std::clamp((pedal - pedal_up) / (pedal_down - pedal_up), 0.0f, 1.0f);
    return (1.0f - lift) * (1.0f - lift);
}

float MidiChannel::timbre() const noexcept TIMBREL_REALTIME {
    const int offset = timbre_ - 64;
    return static_cast<float>(offset) / (offset > 0 ? 126.0f : 128.0f);
}

void MidiChannel::step(const SmootherRate& rate) noexcept TIMBREL_REALTIME {
    bend_.step(rate);
    gain_.step(rate);
    modulation_.step(rate);
}

} // namespace timbrel::engine
