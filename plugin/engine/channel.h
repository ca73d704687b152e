// The controllers of one MIDI channel. Real time.
#pragma once

#include "plugin/engine/glide.h"
#include "plugin/engine/voice.h"

#include <cstdint>

namespace timbrel {

class Channel {
  public:
    // All as at power on.
    void reset(float bend_range);
    // Controller 121: what a wheel or pedal moves goes back, volume and bend range stay.
    void reset_controllers();

    void controller(uint8_t number, uint8_t value);
    void bend(uint8_t low, uint8_t high);
    void set_bend_range(float semitones);

    bool sustained() const { return sustain_ >= 64; }

    // Goes on by one tick.
    void step(const GlideRate& rate);
    ChannelControl control() const { return {bend_.value() + tuning_, gain_.value()}; }

  private:
    void aim_bend() { bend_.aim(wheel_ * bend_range_); }
    void aim_gain();
    void data_entry(bool fine, uint8_t value);

    float wheel_ = 0.0f; // -1–1
    float bend_range_ = 2.0f;
    float fine_ = 0.0f, coarse_ = 0.0f, tuning_ = 0.0f; // semitones
    uint8_t range_semitones_ = 2, range_cents_ = 0;
    uint8_t fine_high_ = 64, fine_low_ = 0;
    uint8_t volume_ = 127, expression_ = 127, sustain_ = 0;
    uint8_t parameter_high_ = 127, parameter_low_ = 127; // registered parameter selected; 127, 127 is none
    Glide bend_, gain_{1.0f};
};

} // namespace timbrel
