// SPDX-License-Identifier: GPL-3.0-or-later
// The controller state of one MIDI channel. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/parameters.h"
#include "plugin/engine/dsp/smoother.h"

#include <cstdint>
#include <optional>

namespace timbrel::engine {

// `tick_fraction`, in all functions: the part of the current tick that follows the message; see Smoother::set_target().
class MidiChannel {
  public:
    // The state at power-on. `bend_range`: semitones.
    void reset(float bend_range) noexcept TIMBREL_REALTIME;
    // Controller 121, by the MIDI Association's recommended practice RP-015: resets wheels, pedals, expression and
    // pressure; keeps volume, sound controllers such as 74 and registered parameters.
    void reset_controllers(float tick_fraction) noexcept TIMBREL_REALTIME;

    void control_change(uint8_t number, uint8_t value, float tick_fraction) noexcept TIMBREL_REALTIME;
    void set_pitch_bend(uint8_t low, uint8_t high, float tick_fraction) noexcept TIMBREL_REALTIME; // 7 bits each
    void set_pressure(uint8_t value, float tick_fraction) noexcept TIMBREL_REALTIME {
        pressure_ = value, touch_tick_fraction_ = tick_fraction;
    }
    void set_bend_range(float semitones) noexcept TIMBREL_REALTIME;

    bool sustained() const noexcept TIMBREL_REALTIME { return damping() == 0.0f; }
    // Factor of the speed at which released notes decay: 1 with the sustain pedal up, 0 with it down, between for half
    // pedalling.
    float damping() const noexcept TIMBREL_REALTIME;
    bool portamento_on() const noexcept TIMBREL_REALTIME { return portamento_ >= 64; }
    bool sostenuto() const noexcept TIMBREL_REALTIME { return sostenuto_ >= 64; }
    float soft_pedal() const noexcept TIMBREL_REALTIME { return static_cast<float>(soft_) / 127.0f; } // 0 up, 1 down

    // Whether data entry is for registered parameter 6, the MPE configuration, or 3, the tuning program within
    // tuning_bank().
    bool mpe_configuration_selected() const noexcept TIMBREL_REALTIME { return registered(6); }
    bool tuning_program_selected() const noexcept TIMBREL_REALTIME { return registered(3); }
    uint8_t tuning_bank() const noexcept TIMBREL_REALTIME { return tuning_bank_; }
    // The parameter of the table that data entry is for: the unregistered parameter with its index.
    std::optional<Parameter> parameter() const noexcept TIMBREL_REALTIME;
    // The normalised value, 0–1, of a coarse or fine data entry for it.
    float data_fraction(bool fine, uint8_t value) noexcept TIMBREL_REALTIME;
    // Makes fine data entry continue from this normalised value.
    void set_data_position(float normalised) noexcept TIMBREL_REALTIME;

    // Advances the smoothed values by one tick.
    void step(const SmootherRate& rate) noexcept TIMBREL_REALTIME;
    // Pitch bend plus tuning_semitones().
    float bend_semitones() const noexcept TIMBREL_REALTIME { return bend_.value() + tuning_; }
    // Coarse and fine tuning by registered parameters 1 and 2.
    float tuning_semitones() const noexcept TIMBREL_REALTIME { return tuning_; }
    float gain() const noexcept TIMBREL_REALTIME { return gain_.value(); }             // volume and expression
    float modulation() const noexcept TIMBREL_REALTIME { return modulation_.value(); } // 0–1
    float pressure() const noexcept TIMBREL_REALTIME { return static_cast<float>(pressure_) / 127.0f; } // 0–1
    float timbre() const noexcept TIMBREL_REALTIME; // controller 74, -0.5–0.5
    // The tick fraction of the last change of pressure or timbre in this tick; 0 when there was none.
    float touch_tick_fraction() const noexcept TIMBREL_REALTIME { return touch_tick_fraction_; }
    void end_tick() noexcept TIMBREL_REALTIME { touch_tick_fraction_ = 0.0f; }

  private:
    void update_bend(float tick_fraction) { bend_.set_target(wheel_ * bend_range_, tick_fraction); }
    void update_gain(float tick_fraction);
    bool registered(uint8_t low) const { return registered_ && parameter_high_ == 0 && parameter_low_ == low; }
    void select_parameter(uint8_t controller, uint8_t value);
    void data_entry(bool fine, uint8_t value, float tick_fraction);
    void data_step(int step, float tick_fraction); // 1 or -1
    void set_range(int semitones, int cents, float tick_fraction);
    void set_fine_tuning(int data); // 14 bits

    float wheel_ = 0.0f; // -1–1
    float bend_range_ = 2.0f;
    float fine_ = 0.0f, coarse_ = 0.0f, tuning_ = 0.0f; // semitones; tuning_ = fine_ + coarse_
    uint8_t range_semitones_ = 2, range_cents_ = 0;     // of the bend range
    int fine_data_ = 8192;                              // of fine_, 14 bits
    uint8_t volume_ = 127, expression_ = 127, sustain_ = 0, portamento_ = 127, sostenuto_ = 0, soft_ = 0;
    uint8_t pressure_ = 0, timbre_ = 64;
    float touch_tick_fraction_ = 0.0f;
    uint8_t parameter_high_ = 127, parameter_low_ = 127; // selected for data entry; 127, 127 is none
    bool registered_ = true;                             // whether the selected parameter is a registered one
    uint8_t data_high_ = 0;                              // last coarse data for an unregistered parameter
    uint8_t tuning_bank_ = 0;
    Smoother bend_, gain_{1.0f}, modulation_;
};

} // namespace timbrel::engine
