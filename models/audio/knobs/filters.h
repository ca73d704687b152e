// SPDX-License-Identifier: GPL-3.0-or-later
// Filters whose frequency may change at every sample, at synthesis_rate. Threads: any; one thread at a time per object.
#pragma once

#include "models/audio/knobs/synthesis.h"

#include <algorithm>
#include <numbers>

namespace timbrel::audio {

// The tangent by which an integrator without delay is tuned (Zavalishin, The Art of VA Filter Design).
inline double integrator_gain(double hz) {
    return std::tan(std::numbers::pi * std::clamp(hz, 5.0, 0.47 * synthesis_rate) / synthesis_rate);
}

// Two poles: the state variable filter.
class StateVariableFilter {
  public:
    struct Outputs {
        double low, band, high; // the band-pass has a gain of 1 at its centre
    };
    Outputs step(double input, double hz, double quality) {
        const double g = integrator_gain(hz), damping = 1 / quality;
        const double high = (input - (damping + g) * first_ - second_) / (1 + g * (damping + g));
        const double band = g * high + first_, low = g * band + second_;
        first_ = g * high + band;
        second_ = g * band + low;
        return {low, band * damping, high};
    }

  private:
    double first_ = 0, second_ = 0; // of the integrators
};

// Four equal low-passes in a row with feedback: the transistor ladder. `feedback` 0 to 3.9; 4 oscillates.
class LadderFilter {
  public:
    double step(double input, double hz, double feedback) {
        const double g = integrator_gain(hz), pass = g / (1 + g);
        double rest = 0; // what the states contribute to the output
        for (const double state : states_) rest = pass * rest + state / (1 + g);
        const double whole = pass * pass * pass * pass;
        double signal = (input * (1 + feedback) - feedback * rest) / (1 + feedback * whole);
        for (double& state : states_) {
            const double slope = (signal - state) * pass;
            signal = slope + state;
            state = signal + slope;
        }
        return signal;
    }

  private:
    double states_[4] = {};
};

} // namespace timbrel::audio
