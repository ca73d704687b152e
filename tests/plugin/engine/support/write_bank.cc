// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a bank for long runs: 5 × 5 cells, three velocities, a pitch every six semitones, loops that fade. Argument:
// the file.
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <cmath>

int main(int count, char** arguments) {
    if (count != 2) return 2;
    timbrel::test::SyntheticBank bank;
    bank.columns = bank.rows = 5;
    bank.pitches = {30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96};
    bank.velocities = {30, 80, 120};
    bank.shape = {24000, 7200, 21600};
    bank.sound = [](const timbrel::test::SamplePosition& at) {
        const double hertz = 440.0 * std::exp2((at.pitch - 69) / 12.0), level = 0.3 * at.velocity / 120.0;
        return level *
               (timbrel::test::sine(hertz, at.frame) + 0.2 * at.column * timbrel::test::sine(2 * hertz, at.frame) +
                0.2 * at.row * timbrel::test::sine(3 * hertz, at.frame));
    };
    bank.decay = [](uint32_t column, uint32_t row) { return static_cast<float>(column * row); };
    bank.write(arguments[1]);
}
