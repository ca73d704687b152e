// Measurements of sound: partials, noise beside them, steps.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::test {

struct Sinusoid {
    double amplitude, phase, hertz;
};

// The least-squares sinusoid of a given frequency.
Sinusoid fit(std::span<const float> signal, double hertz, double rate = 48000.0);
// The same with the frequency found too, near a first guess.
Sinusoid find(std::span<const float> signal, double guess, double rate = 48000.0);

// Signal to noise and distortion in dB, against the least-squares sinusoid near `hertz` and a constant offset.
double sinad(std::span<const float> signal, double hertz, double rate = 48000.0);

// Power spectrum in dB of full scale, Blackman-Harris window; bin k lies at k * rate / size. Size: a power of two.
std::vector<double> spectrum_db(std::span<const float> signal, size_t size);

double peak(std::span<const float> signal);
// The largest difference between neighbouring samples.
double largest_step(std::span<const float> signal);
// The largest second difference: what a click shows in even where the sound itself moves fast.
double largest_bend(std::span<const float> signal);
double db(double amplitude);

} // namespace timbrel::test
