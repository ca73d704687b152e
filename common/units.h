// SPDX-License-Identifier: GPL-3.0-or-later
// Conversions between decibels, pitch, frequency and the ERB scale. Threads: any; pure.
//
// Logarithms have no floor: add one at the call where the argument may be 0. Functions keep the type of their argument,
// so a float stays a float.
#pragma once

#include <cmath>
#include <concepts>

namespace timbrel {

// Decibels and linear values; 0 dB is 1.
template<std::floating_point T>
T db_to_amplitude(T db) {
    return std::pow(T{10}, db / 20);
}
template<std::floating_point T>
T amplitude_to_db(T amplitude) {
    return 20 * std::log10(amplitude);
}
template<std::floating_point T>
T db_to_power(T db) {
    return std::pow(T{10}, db / 10);
}
template<std::floating_point T>
T power_to_db(T power) {
    return 10 * std::log10(power);
}

// Musical intervals and frequency ratios.
inline double semitones_to_ratio(double semitones) { return std::exp2(semitones / 12); }
inline double ratio_to_semitones(double ratio) { return 12 * std::log2(ratio); }
inline double cents_to_ratio(double cents) { return std::exp2(cents / 1200); }
inline double ratio_to_cents(double ratio) { return 1200 * std::log2(ratio); }

// MIDI note numbers, which may have a fraction, and Hz; note 69 is A4 at 440 Hz.
inline double note_to_hertz(double note) { return 440 * std::exp2((note - 69) / 12); }
inline double hertz_to_note(double hertz) { return 69 + 12 * std::log2(hertz / 440); }

// The scale of the ear's filters: Glasberg and Moore, 'Derivation of auditory filter shapes from notched-noise data',
// Hearing Research 47 (1990). One unit of the ERB number is one equivalent rectangular bandwidth.
inline double hertz_to_erb_number(double hertz) { return 21.4 * std::log10(1 + 0.00437 * hertz); }
inline double erb_number_to_hertz(double number) { return (std::pow(10.0, number / 21.4) - 1) / 0.00437; }
inline double erb_bandwidth(double hertz) { return 24.7 * (1 + 0.00437 * hertz); } // Hz

} // namespace timbrel
