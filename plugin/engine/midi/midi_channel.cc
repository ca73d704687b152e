#include "plugin/engine/midi/midi_channel.h"

#include "plugin/engine/midi/controllers.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float pedal_up = 0.1f, pedal_down = 0.9f; // where the dampers begin to lift, and where they are clear

} // namespace

void Channel::reset(float bend_range) {
    *this = Channel();
    set_bend_range(bend_range);
}

void Channel::reset_controllers(float rest) {
    wheel_ = 0.0f;
    sustain_ = sostenuto_ = soft_ = 0;
    portamento_ = 127;
    pressure_ = 0;
    modulation_.aim(0.0f, rest);
    touch_rest_ = rest;
    expression_ = 127;
    parameter_high_ = parameter_low_ = 127;
    aim_bend(rest);
    aim_gain(rest);
}

void Channel::set_bend_range(float semitones) {
    bend_range_ = semitones;
    range_semitones_ = static_cast<uint8_t>(semitones);
    range_cents_ = 0;
    aim_bend(0.0f);
}

void Channel::bend(uint8_t low, uint8_t high, float rest) {
    const int place = high * 128 + low - 8192;
    wheel_ = static_cast<float>(place) / (place > 0 ? 8191.0f : 8192.0f);
    aim_bend(rest);
}

void Channel::aim_gain(float rest) {
    const float gain = static_cast<float>(volume_) * static_cast<float>(expression_) / (127.0f * 127.0f);
    gain_.aim(gain * gain, rest);
}

void Channel::controller(uint8_t number, uint8_t value, float rest) {
    switch (number) {
    case controllers::data_entry:
        data_entry(false, value, rest);
        break;
    case controllers::data_entry_fine:
        data_entry(true, value, rest);
        break;
    case controllers::data_increment:
        data_step(1, rest);
        break;
    case controllers::data_decrement:
        data_step(-1, rest);
        break;
    case controllers::volume:
        volume_ = value;
        aim_gain(rest);
        break;
    case controllers::expression:
        expression_ = value;
        aim_gain(rest);
        break;
    case controllers::modulation:
        modulation_.aim(static_cast<float>(value) / 127.0f, rest);
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
        touch_rest_ = rest;
        break;
    case controllers::registered_low:
    case controllers::registered_high:
    case controllers::unregistered_low:
    case controllers::unregistered_high:
        select(number, value);
        break;
    default:
        break;
    }
}

void Channel::select(uint8_t number, uint8_t value) {
    const bool registered = number == controllers::registered_low || number == controllers::registered_high;
    const bool high = number == controllers::registered_high || number == controllers::unregistered_high;
    if (registered != registered_) parameter_high_ = parameter_low_ = 127;
    registered_ = registered;
    (high ? parameter_high_ : parameter_low_) = value;
    data_high_ = 0;
}

void Channel::data_entry(bool fine, uint8_t value, float rest) {
    if (!registered_ || parameter_high_ != 0) return;
    switch (parameter_low_) {
    case 0:
        // More cents than a semitone has would let a step up lead down.
        fine ? set_range(range_semitones_, std::min<int>(value, 99), rest) : set_range(value, range_cents_, rest);
        break;
    case 1:
        set_fine(fine ? (fine_place_ & ~0x7f) | value : value << 7 | (fine_place_ & 0x7f));
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

// By the standard's recommended practice 18: by a cent, by the finest step, by a semitone, by one.
void Channel::data_step(int step, float rest) {
    if (!registered_ || parameter_high_ != 0) return;
    switch (parameter_low_) {
    case 0: {
        const int cents = std::clamp(100 * range_semitones_ + range_cents_ + step, 0, 12799);
        set_range(cents / 100, cents % 100, rest);
        break;
    }
    case 1:
        set_fine(std::clamp(fine_place_ + step, 0, 16383));
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

void Channel::set_range(int semitones, int cents, float rest) {
    range_semitones_ = static_cast<uint8_t>(semitones);
    range_cents_ = static_cast<uint8_t>(cents);
    bend_range_ = static_cast<float>(semitones) + static_cast<float>(cents) / 100.0f;
    aim_bend(rest);
}

void Channel::set_fine(int place) {
    fine_place_ = place;
    fine_ = static_cast<float>(place - 8192) / 8192.0f;
}

std::optional<Parameter> Channel::parameter() const {
    if (registered_ || parameter_high_ != 0 || parameter_low_ >= parameter_count) return std::nullopt;
    return static_cast<Parameter>(parameter_low_);
}

float Channel::data_share(bool fine, uint8_t value) {
    if (fine) return static_cast<float>(data_high_ * 128 + value) / 16383.0f;
    data_high_ = value;
    // As if both halves were alike, so that a sender of 7 bits reaches the end.
    return static_cast<float>(value) / 127.0f;
}

void Channel::follow_data(float share) { data_high_ = static_cast<uint8_t>(std::lround(share * 16383.0f) >> 7); }

float Channel::damping() const {
    const float way = static_cast<float>(sustain_) / 127.0f;
    const float lift = std::clamp((way - pedal_up) / (pedal_down - pedal_up), 0.0f, 1.0f);
    return (1.0f - lift) * (1.0f - lift);
}

float Channel::timbre_share() const {
    const int place = timbre_ - 64;
    return static_cast<float>(place) / (place > 0 ? 126.0f : 128.0f);
}

void Channel::step(const GlideRate& rate) {
    bend_.step(rate);
    gain_.step(rate);
    modulation_.step(rate);
}

} // namespace timbrel::engine
