// SPDX-License-Identifier: GPL-3.0-or-later
// Measurements of sounds: sinusoids, distortion, spectra, discontinuities. Threads: any; pure. Frequencies and rates in
// Hz.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::test {

struct Sinusoid {
    double amplitude, phase, hertz; // phase in radians, of a sine at the first sample
};

// The least-squares fit of a sinusoid of known frequency and a constant offset.
Sinusoid fit_sinusoid(std::span<const float> signal, double hertz, double rate = 48000.0);
// The same with the frequency estimated, too, starting from `guess`.
Sinusoid find_sinusoid(std::span<const float> signal, double guess, double rate = 48000.0);

// Ratio in dB of the fitted sinusoid near `hertz` to everything else except a constant offset.
double sinad(std::span<const float> signal, double hertz, double rate = 48000.0);

// Power spectrum in dB of full scale, Blackman-Harris window; bin k lies at k * rate / size. Size: a power of two.
std::vector<double> spectrum_db(std::span<const float> signal, size_t size);

double peak(std::span<const float> signal);
// The largest difference between neighbouring samples.
double largest_step(std::span<const float> signal);
// The largest second difference. Detects clicks in sounds with large steps, too.
double largest_second_difference(std::span<const float> signal);
double db(double amplitude); // amplitude in dB

} // namespace timbrel::test
