// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/resampling_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <new>
#include <numbers>
#include <span>

namespace timbrel::engine {

namespace {

double bessel_i0(double x) {
    double sum = 1.0, term = 1.0;
    for (int k = 1; term > 1e-12 * sum; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

// Kaiser's formulas (Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.5); attenuation in dB.
double kaiser_beta(double attenuation) { return 0.1102 * (attenuation - 8.7); }

double kaiser_transition(double attenuation, uint32_t taps) { // cycles per frame
    return (attenuation - 8.0) / (2.285 * 2.0 * std::numbers::pi * taps);
}

struct Design {
    uint32_t taps;
    double cutoff; // cycles per frame, at half the amplitude
    double beta;
};

// At ratios up to 1 the cutoff is half the sample rate, where images begin, and phase 0 returns the input unchanged.
// At ratios up to 1.27 (a bank stores a pitch every few semitones) aliases are allowed above 20 kHz at 48 kHz, where
// they are inaudible. At higher ratios the stopband begins at the new Nyquist frequency, and the kernel grows with the
// ratio to keep the same steepness.
Design design(double max_ratio) {
    constexpr double attenuation = 86.0, small_ratio = 1.27, audible = 20.0 / 48.0;
    if (max_ratio <= 1.0) return {24, 0.5, kaiser_beta(90.0)};
    if (max_ratio <= small_ratio) {
        const double stop = (1.0 - audible) / max_ratio;
        return {32, std::min(0.5, stop - 0.5 * kaiser_transition(attenuation, 32)), kaiser_beta(attenuation)};
    }
    const auto taps = std::min(resampling_max_taps, 8 * static_cast<uint32_t>(std::ceil(40.0 * max_ratio / 8.0)));
    return {taps, 0.5 / max_ratio - 0.5 * kaiser_transition(attenuation, taps), kaiser_beta(attenuation)};
}

double tap(const Design& design, double distance) {
    const double half = design.taps / 2.0;
    const double relative = distance / half;
    if (std::abs(relative) >= 1.0) return 0.0;
    const double angle = 2.0 * std::numbers::pi * design.cutoff * distance;
    const double sinc = std::abs(angle) < 1e-9 ? 1.0 : std::sin(angle) / angle;
    return 2.0 * design.cutoff * sinc * bessel_i0(design.beta * std::sqrt(1.0 - relative * relative));
}

void fill_row(const Design& design, uint32_t phase, std::span<float> row) {
    std::array<double, resampling_max_taps> taps;
    double sum = 0.0;
    for (uint32_t j = 0; j < design.taps; ++j) {
        taps[j] = tap(design, static_cast<double>(phase) / resampling_phases + design.taps / 2.0 - 1.0 - j);
        sum += taps[j];
    }
    for (uint32_t j = 0; j < design.taps; ++j)
        row[j] = static_cast<float>(taps[j] / sum); // the same DC gain at every phase
}

} // namespace

void ResamplingKernels::FreeAligned::operator()(float* rows) const { std::free(rows); }

ResamplingKernels::ResamplingKernels() {
    for (int semitones = 0; semitones <= 12; ++semitones) add(std::exp2(semitones / 12.0));
    for (int semitones = 15; semitones <= 48; semitones += 3) add(std::exp2(semitones / 12.0));
}

void ResamplingKernels::add(double max_ratio) {
    const auto shape = design(max_ratio);
    const size_t floats = size_t{resampling_phases + 1} * shape.taps;
    std::unique_ptr<float[], FreeAligned> rows(
        static_cast<float*>(std::aligned_alloc(64, (floats * 4 + 63) / 64 * 64)));
    if (!rows) throw std::bad_alloc();
    const std::span<float> all(rows.get(), floats);
    for (uint32_t phase = 0; phase <= resampling_phases; ++phase) {
        const auto row = all.subspan(size_t{phase} * shape.taps, shape.taps);
        if (phase <= resampling_phases / 2)
            fill_row(shape, phase, row);
        else { // mirrors a row filled before
            const auto mirror = all.subspan(size_t{resampling_phases - phase} * shape.taps, shape.taps);
            std::reverse_copy(mirror.begin(), mirror.end(), row.begin());
        }
    }
    kernels_.push_back({max_ratio * (1.0 + 1e-9), shape.taps, rows.get()});
    rows_.push_back(std::move(rows));
}

const ResamplingKernels& ResamplingKernels::instance() {
    static const ResamplingKernels kernels;
    return kernels;
}

uint32_t ResamplingKernels::choose(double ratio) const noexcept TIMBREL_REALTIME {
    uint32_t index = 0;
    while (index + 1 < kernels_.size() && ratio > kernels_[index].max_ratio) ++index;
    return index;
}

} // namespace timbrel::engine
