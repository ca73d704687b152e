// The controllers of one MIDI channel. Real time.
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/engine/dsp/smoother.h"

#include <cstdint>
#include <optional>

namespace timbrel::engine {

class Channel {
  public:
    // All as at power on.
    void reset(float bend_range);
    // Controller 121, as MIDI's recommended practice 15 has it: wheels, pedals, expression and pressure go back;
    // volume, sound controllers such as 74, and what registered parameters set stay.
    void reset_controllers(float rest);

    // `rest`: share of the tick that follows the message, here and above; see Glide.
    void controller(uint8_t number, uint8_t value, float rest);
    void bend(uint8_t low, uint8_t high, float rest);
    void pressure(uint8_t value, float rest) { pressure_ = value, touch_rest_ = rest; }
    void set_bend_range(float semitones);

    bool sustained() const { return damping() == 0.0f; }
    // How fast released notes fall: 1 with the sustain pedal up, 0 with it down, between them while it is half down.
    float damping() const;
    bool slides() const { return portamento_ >= 64; } // from note to note
    bool sostenuto() const { return sostenuto_ >= 64; }
    float soft_share() const { return static_cast<float>(soft_) / 127.0f; } // of the soft pedal's way down
    // Whether data is for registered parameter 6, the MPE configuration, or for number 3, the choice of a tuning
    // program from tuning_bank().
    bool configures_mpe() const { return registered(6); }
    bool selects_tuning() const { return registered(3); }
    uint8_t tuning_bank() const { return tuning_bank_; }
    // The instrument's parameter that data is for: unregistered parameters 0 and up are those of the table.
    std::optional<Parameter> parameter() const;
    // The share of its range that data entry, coarse or fine, asks for.
    float data_share(bool fine, uint8_t value);
    void follow_data(float share); // of the range: where fine data goes on from

    // Goes on by one tick.
    void step(const GlideRate& rate);
    float bend_semitones() const { return bend_.value() + tuning_; }
    float tuning_semitones() const { return tuning_; } // the part of it that registered parameters 1 and 2 set
    float gain() const { return gain_.value(); }
    float modulation() const { return modulation_.value(); }                        // 0–1
    float pressure_share() const { return static_cast<float>(pressure_) / 127.0f; } // 0–1
    float timbre_share() const;                                                     // -0.5–0.5, 0 in the middle
    // The same of these two; it is forgotten with the tick.
    float touch_rest() const { return touch_rest_; }
    void end_tick() { touch_rest_ = 0.0f; }

  private:
    void aim_bend(float rest) { bend_.aim(wheel_ * bend_range_, rest); }
    void aim_gain(float rest);
    bool registered(uint8_t low) const { return registered_ && parameter_high_ == 0 && parameter_low_ == low; }
    void select(uint8_t number, uint8_t value); // a parameter for data
    void data_entry(bool fine, uint8_t value, float rest);
    void data_step(int step, float rest); // 1 or -1
    void set_range(int semitones, int cents, float rest);
    void set_fine(int place); // 14 bits

    float wheel_ = 0.0f; // -1–1
    float bend_range_ = 2.0f;
    float fine_ = 0.0f, coarse_ = 0.0f, tuning_ = 0.0f; // semitones
    uint8_t range_semitones_ = 2, range_cents_ = 0;
    int fine_place_ = 8192; // of 14 bits
    uint8_t volume_ = 127, expression_ = 127, sustain_ = 0, portamento_ = 127, sostenuto_ = 0, soft_ = 0;
    uint8_t pressure_ = 0, timbre_ = 64;
    float touch_rest_ = 0.0f;
    uint8_t parameter_high_ = 127, parameter_low_ = 127; // selected for data; 127, 127 is none
    bool registered_ = true;                             // that one
    uint8_t data_high_ = 0;                              // data for an unregistered one so far
    uint8_t tuning_bank_ = 0;
    Glide bend_, gain_{1.0f}, modulation_;
};

} // namespace timbrel::engine
