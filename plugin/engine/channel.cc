#include "plugin/engine/channel.h"

#include "plugin/engine/controllers.h"

#include <algorithm>

namespace timbrel {

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
        (fine ? range_cents_ : range_semitones_) = value;
        bend_range_ = static_cast<float>(range_semitones_) + static_cast<float>(range_cents_) / 100.0f;
        aim_bend(rest);
        break;
    case 1:
        (fine ? fine_low_ : fine_high_) = value;
        fine_ = static_cast<float>(fine_high_ * 128 + fine_low_ - 8192) / 8192.0f;
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

bool Channel::configures_mpe(uint8_t number) const {
    return number == controllers::data_entry && registered_ && parameter_high_ == 0 && parameter_low_ == 6;
}

bool Channel::selects_tuning(uint8_t number) const {
    return number == controllers::data_entry && registered_ && parameter_high_ == 0 && parameter_low_ == 3 &&
           tuning_bank_ == 0;
}

std::optional<Channel::Setting> Channel::setting(uint8_t number, uint8_t value) {
    if (registered_ || parameter_high_ != 0 || parameter_low_ >= parameter_count) return std::nullopt;
    const auto parameter = static_cast<Parameter>(parameter_low_);
    if (number == controllers::data_entry) {
        data_high_ = value;
        // As if both halves were alike, so that a sender of 7 bits reaches the end.
        return Setting{parameter, static_cast<float>(value) / 127.0f};
    }
    if (number == controllers::data_entry_fine)
        return Setting{parameter, static_cast<float>(data_high_ * 128 + value) / 16383.0f};
    return std::nullopt;
}

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

} // namespace timbrel
