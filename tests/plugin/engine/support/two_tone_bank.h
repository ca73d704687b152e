// SPDX-License-Identifier: GPL-3.0-or-later
// A bank whose sound encodes the position: the level of one tone is X, of another Y. Thread: control.
#pragma once

#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <memory>
#include <span>

namespace timbrel::test {

inline constexpr double x_tone_hertz = 1000.0, y_tone_hertz = 3000.0; // at keys 48, 60, 72 and 84
inline constexpr double tone_level = 0.4;                             // at X or Y = 1

inline std::shared_ptr<const engine::Bank> two_tone_bank() {
    SyntheticBank bank;
    bank.columns = bank.rows = 2;
    bank.pitches = {48, 60, 72, 84};
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) {
        return tone_level * ((at.column == 1 ? sine(x_tone_hertz, at.frame) : 0.0) +
                             (at.row == 0 ? sine(y_tone_hertz, at.frame) : 0.0));
    };
    return bank.open();
}

// The mean X or Y of one note over a section of its sound. Sections of whole milliseconds are the most accurate.
inline double measure_x(std::span<const float> sound) {
    return fit_sinusoid(sound, x_tone_hertz).amplitude / tone_level;
}
inline double measure_y(std::span<const float> sound) {
    return fit_sinusoid(sound, y_tone_hertz).amplitude / tone_level;
}

} // namespace timbrel::test
