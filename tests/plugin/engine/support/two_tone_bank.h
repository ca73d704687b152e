// A plane that tells by its sound where it is played: the level of one tone is X, of another Y.
#pragma once

#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <memory>
#include <span>

namespace timbrel::test {

inline constexpr double tone_of_x = 1000.0, tone_of_y = 3000.0; // hertz, for the keys 48, 60, 72 and 84
inline constexpr double tone_level = 0.4;                       // at X or Y = 1

inline std::shared_ptr<const engine::Bank> two_tone_bank() {
    SyntheticBank bank;
    bank.columns = bank.rows = 2;
    bank.pitches = {48, 60, 72, 84};
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const CellSound& at) {
        return tone_level *
               ((at.column == 1 ? sine(tone_of_x, at.frame) : 0.0) + (at.row == 0 ? sine(tone_of_y, at.frame) : 0.0));
    };
    return bank.open();
}

// Where one such note was, on the mean over a stretch of its sound, which had better last whole milliseconds.
inline double heard_x(std::span<const float> sound) { return fit(sound, tone_of_x).amplitude / tone_level; }
inline double heard_y(std::span<const float> sound) { return fit(sound, tone_of_y).amplitude / tone_level; }

} // namespace timbrel::test
