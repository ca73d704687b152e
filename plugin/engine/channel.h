// The controllers of one MIDI channel. Real time.
#pragma once

#include "plugin/engine/glide.h"

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
    void pressure(uint8_t value) { pressure_ = value; }
    void set_bend_range(float semitones);

    bool sustained() const { return damping() == 0.0f; }
    // How fast released notes fall: 1 with the sustain pedal up, 0 with it down, between them while it is half down.
    float damping() const;
    bool sostenuto() const { return sostenuto_ >= 64; }
    float soft_share() const { return static_cast<float>(soft_) / 127.0f; } // of the soft pedal's way down
    // The number of member channels, when this controller is the end of an MPE configuration message.
    bool configures_mpe(uint8_t number) const;

    // Goes on by one tick.
    void step(const GlideRate& rate);
    float bend_semitones() const { return bend_.value() + tuning_; }
    float gain() const { return gain_.value(); }
    float modulation() const { return modulation_.value(); }                        // 0–1
    float pressure_share() const { return static_cast<float>(pressure_) / 127.0f; } // 0–1
    float timbre_share() const;                                                     // -0.5–0.5, 0 in the middle

  private:
    void aim_bend() { bend_.aim(wheel_ * bend_range_); }
    void aim_gain();
    void data_entry(bool fine, uint8_t value);

    float wheel_ = 0.0f; // -1–1
    float bend_range_ = 2.0f;
    float fine_ = 0.0f, coarse_ = 0.0f, tuning_ = 0.0f; // semitones
    uint8_t range_semitones_ = 2, range_cents_ = 0;
    uint8_t fine_high_ = 64, fine_low_ = 0;
    uint8_t volume_ = 127, expression_ = 127, sustain_ = 0, sostenuto_ = 0, soft_ = 0;
    uint8_t pressure_ = 0, timbre_ = 64;
    uint8_t parameter_high_ = 127, parameter_low_ = 127; // registered parameter selected; 127, 127 is none
    Glide bend_, gain_{1.0f}, modulation_;
};

} // namespace timbrel
