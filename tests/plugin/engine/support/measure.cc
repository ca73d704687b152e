// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/plugin/engine/support/measure.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace timbrel::test {

namespace {

using Complex = std::complex<double>;
constexpr double pi = std::numbers::pi;

// Power of the residual of the least-squares fit a cos + b sin + c. Stores the sinusoid in `best`, if not null.
double residual(std::span<const float> signal, double omega, Sinusoid* best) {
    double cc = 0, cs = 0, ss = 0, c1 = 0, s1 = 0, xc = 0, xs = 0, x1 = 0;
    const double n = static_cast<double>(signal.size());
    for (size_t i = 0; i < signal.size(); ++i) {
        const double c = std::cos(omega * static_cast<double>(i)), s = std::sin(omega * static_cast<double>(i));
        const double x = signal[i];
        cc += c * c, cs += c * s, ss += s * s, c1 += c, s1 += s, xc += x * c, xs += x * s, x1 += x;
    }
    // Solves the symmetric 3×3 system after removing the mean.
    cc -= c1 * c1 / n, cs -= c1 * s1 / n, ss -= s1 * s1 / n, xc -= x1 * c1 / n, xs -= x1 * s1 / n;
    const double determinant = cc * ss - cs * cs;
    const double a = (xc * ss - xs * cs) / determinant, b = (xs * cc - xc * cs) / determinant;
    const double offset = (x1 - a * c1 - b * s1) / n;
    double sum = 0;
    for (size_t i = 0; i < signal.size(); ++i) {
        const double angle = omega * static_cast<double>(i);
        const double error = signal[i] - a * std::cos(angle) - b * std::sin(angle) - offset;
        sum += error * error;
    }
    if (best) *best = {std::hypot(a, b), std::atan2(a, b), omega};
    return sum / n;
}

double refine(std::span<const float> signal, double omega) {
    const double golden = (std::sqrt(5.0) - 1.0) / 2.0;
    double low = omega - 2.0 / static_cast<double>(signal.size()), high = 2.0 * omega - low;
    for (int i = 0; i < 60; ++i) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        (residual(signal, a, nullptr) < residual(signal, b, nullptr) ? high : low) =
            residual(signal, a, nullptr) < residual(signal, b, nullptr) ? b : a;
    }
    return (low + high) / 2.0;
}

void fft(std::vector<Complex>& x) {
    const size_t n = x.size();
    for (size_t i = 1, j = 0; i < n; ++i) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) std::swap(x[i], x[j]);
    }
    for (size_t length = 2; length <= n; length <<= 1)
        for (size_t i = 0; i < n; i += length)
            for (size_t k = 0; k < length / 2; ++k) {
                const auto rotated = std::polar(1.0, -2.0 * pi * static_cast<double>(k) / static_cast<double>(length)) *
                                     x[i + k + length / 2];
                x[i + k + length / 2] = x[i + k] - rotated;
                x[i + k] += rotated;
            }
}

} // namespace

Sinusoid fit_sinusoid(std::span<const float> signal, double hertz, double rate) {
    Sinusoid best{};
    residual(signal, 2.0 * pi * hertz / rate, &best);
    best.hertz = hertz;
    return best;
}

Sinusoid find_sinusoid(std::span<const float> signal, double guess, double rate) {
    const double omega = refine(signal, 2.0 * pi * guess / rate);
    return fit_sinusoid(signal, omega * rate / (2.0 * pi), rate);
}

double sinad(std::span<const float> signal, double hertz, double rate) {
    Sinusoid best{};
    const double noise = residual(signal, refine(signal, 2.0 * pi * hertz / rate), &best);
    return 10.0 * std::log10(best.amplitude * best.amplitude / 2.0 / noise);
}

std::vector<double> spectrum_db(std::span<const float> signal, size_t size) {
    std::vector<Complex> x(size);
    double sum = 0.0;
    for (size_t i = 0; i < size; ++i) {
        const double t = 2.0 * pi * static_cast<double>(i) / static_cast<double>(size);
        const double window = 0.35875 - 0.48829 * std::cos(t) + 0.14128 * std::cos(2 * t) - 0.01168 * std::cos(3 * t);
        sum += window;
        x[i] = i < signal.size() ? window * signal[i] : 0.0;
    }
    fft(x);
    std::vector<double> decibels(size / 2);
    for (size_t k = 0; k < size / 2; ++k) decibels[k] = db(std::abs(x[k]) * 2.0 / sum);
    return decibels;
}

double peak(std::span<const float> signal) {
    double largest = 0.0;
    for (const float sample : signal) largest = std::max(largest, std::abs(static_cast<double>(sample)));
    return largest;
}

double largest_step(std::span<const float> signal) {
    double largest = 0.0;
    for (size_t i = 1; i < signal.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(signal[i]) - signal[i - 1]));
    return largest;
}

double largest_second_difference(std::span<const float> signal) {
    double largest = 0.0;
    for (size_t i = 2; i < signal.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(signal[i]) - 2.0 * signal[i - 1] + signal[i - 2]));
    return largest;
}

double db(double amplitude) { return 20.0 * std::log10(std::max(amplitude, 1e-30)); }

} // namespace timbrel::test
