// SPDX-License-Identifier: GPL-3.0-or-later
// Every response is the magnitude of an analogue prototype, evaluated at a frequency.
#include "models/audio/knobs/body.h"

#include "common/units.h"
#include "models/audio/analysis/minimum_phase.h"
#include "models/audio/knobs/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double floor_power = 1e-6;                    // -60 dB
constexpr double least_octaves = 0.5, most_octaves = 3; // of a frequency's range
constexpr double tilt_limit = 24;                       // dB

// Two ends of a frequency's range within [low, high] Hz, in random order.
std::pair<double, double> random_range(Random& random, double low, double high) {
    const double available = std::log2(high / low);
    const double octaves = random.uniform(std::min(least_octaves, available), std::min(most_octaves, available));
    const double lower = low * std::exp2(random.uniform(0, available - octaves)), upper = lower * std::exp2(octaves);
    return random.chance(0.5) ? std::pair(lower, upper) : std::pair(upper, lower);
}

// The squared magnitude of s/Q over s² + s/Q + 1 at s = jx: 1 at x = 1.
double band_pass_power(double x, double quality) {
    const double width = x * x / (quality * quality), detuning = 1 - x * x;
    return width / (detuning * detuning + width);
}

// As band_pass_power, with peak gain `gain` over an even response: 1 + (gain - 1) times the band-pass.
double peak_power(double x, double quality, double gain) {
    const double width = x * x / (quality * quality), detuning = 1 - x * x;
    return (detuning * detuning + gain * gain * width) / (detuning * detuning + width);
}

double low_pass_power(double x, double quality) {
    const double detuning = 1 - x * x;
    return 1 / (detuning * detuning + x * x / (quality * quality));
}

} // namespace

const char* name_of(BodyKind kind) {
    switch (kind) {
    case BodyKind::low_pass:
        return "low-pass";
    case BodyKind::high_pass:
        return "high-pass";
    case BodyKind::band_pass:
        return "band-pass";
    case BodyKind::resonance:
        return "resonance";
    case BodyKind::resonance_width:
        return "resonance width";
    case BodyKind::two_resonances:
        return "two resonances";
    case BodyKind::formants:
        return "formants";
    case BodyKind::tilt:
        return "tilt";
    case BodyKind::pluck_position:
        return "pluck position";
    case BodyKind::pickup_position:
        return "pickup position";
    }
    return "";
}

Body::Body(BodyKind kind, double f0, uint64_t seed) : kind_(kind), f0_(f0) {
    Random random(seed);
    const double low = std::clamp(1.2 * f0, 100.0, 5000.0), high = std::clamp(24 * f0, 4 * low, 18000.0);
    quality_ = random.log_uniform(1, 12);
    gain_ = db_to_amplitude(random.uniform(6, 24));
    switch (kind) {
    case BodyKind::low_pass:
        quality_ = random.log_uniform(0.6, 12);
        [[fallthrough]];
    case BodyKind::resonance:
        set_range(0, random_range(random, low, high));
        break;
    case BodyKind::high_pass:
        quality_ = random.log_uniform(0.6, 8);
        set_range(0, random_range(random, low, high / 2));
        break;
    case BodyKind::band_pass:
        direct_ = db_to_power(random.uniform(-36, -18));
        set_range(0, random_range(random, low, high));
        break;
    case BodyKind::resonance_width:
        centre_ = random.log_uniform(low, high);
        set_range(0, random_range(random, 0.7, 12));
        if (std::abs(log_end_[0] - log_start_[0]) < std::log(3.0)) set_range(0, {1.5, 9});
        break;
    case BodyKind::two_resonances:
        for (const size_t i : {0u, 1u}) set_range(i, random_range(random, low, high));
        break;
    case BodyKind::formants:
        choose_formants(random);
        break;
    case BodyKind::tilt:
        centre_ = random.log_uniform(low, high);
        do {
            start_ = random.uniform(-7, 3);
            end_ = random.uniform(-7, 3);
        } while (std::abs(end_ - start_) < 2);
        break;
    case BodyKind::pluck_position:
    case BodyKind::pickup_position:
        quality_ = 0.707;
        centre_ = random.log_uniform(3000, 12000);
        depth_ = kind == BodyKind::pluck_position ? random.uniform(0.8, 0.94) : random.uniform(0.45, 0.8);
        set_range(0, random_range(random, 0.05, 0.5));
        break;
    }
}

void Body::set_range(size_t index, std::pair<double, double> ends) {
    log_start_[index] = std::log(ends.first);
    log_end_[index] = std::log(ends.second);
}

// Two vowels: the ranges of a speaker's first four formants (Peterson and Barney, JASA 1952). Above 400 Hz they rise
// with the note, so that partials remain beneath them.
void Body::choose_formants(Random& random) {
    const double factor = std::max(1.0, std::sqrt(f0_ / 400));
    const auto vowel = [&] {
        std::array<double, formants_> hz{};
        hz[0] = random.log_uniform(250, 850);
        hz[1] = random.log_uniform(std::max(1.35 * hz[0], 700.0), 2400);
        hz[2] = random.log_uniform(std::max(1.15 * hz[1], 2100.0), 3100);
        hz[3] = random.log_uniform(std::max(1.12 * hz[2], 2900.0), 3500);
        for (double& centre : hz) centre *= factor;
        return hz;
    };
    double octaves = 0;
    while (octaves < 0.8) {
        const auto start = vowel(), end = vowel();
        for (size_t i = 0; i < formants_; ++i) set_range(i, {start[i], end[i]});
        octaves = std::abs(std::log2(end[0] / start[0])) + std::abs(std::log2(end[1] / start[1]));
    }
    const double slope = random.uniform(-9, -2); // dB from one formant to the next
    for (size_t i = 0; i < formants_; ++i) {
        qualities_[i] = random.log_uniform(4, 12);
        levels_[i] = db_to_power(slope * static_cast<double>(i));
    }
    direct_ = db_to_power(random.uniform(-48, -36));
}

double Body::gain_db(double hz, double setting) const {
    const auto moved = [&](size_t i) { return std::exp(linear_between(log_start_[i], log_end_[i], setting)); };
    double power = direct_;
    switch (kind_) {
    case BodyKind::low_pass:
        power = low_pass_power(hz / moved(0), quality_);
        break;
    case BodyKind::high_pass: {
        const double x = hz / moved(0);
        power = x * x * x * x * low_pass_power(x, quality_);
        break;
    }
    case BodyKind::band_pass:
        power += band_pass_power(hz / moved(0), quality_);
        break;
    case BodyKind::resonance:
        power = peak_power(hz / moved(0), quality_, gain_);
        break;
    case BodyKind::resonance_width:
        power = peak_power(hz / centre_, moved(0), gain_);
        break;
    case BodyKind::two_resonances:
        power = peak_power(hz / moved(0), quality_, gain_) * peak_power(hz / moved(1), quality_, gain_);
        break;
    case BodyKind::formants:
        for (size_t i = 0; i < formants_; ++i) power += levels_[i] * band_pass_power(hz / moved(i), qualities_[i]);
        break;
    case BodyKind::tilt: {
        const double octaves = 0.5 * std::log2((hz * hz + 400) / (centre_ * centre_)); // even under 20 Hz
        return tilt_limit * std::tanh(octaves * linear_between(start_, end_, setting) / tilt_limit);
    }
    case BodyKind::pluck_position:
    case BodyKind::pickup_position: {
        // A finite plectrum or pickup fills the notches of high partials.
        const double depth = depth_ / (1 + hz * hz / (centre_ * centre_));
        power = 1 + depth * depth - 2 * depth * std::cos(2 * std::numbers::pi * moved(0) * hz / f0_);
        break;
    }
    }
    return power_to_db(power + floor_power);
}

Audio Body::filtered(const Audio& audio, double setting) const {
    return minimum_phase_filtered(audio, [&](double hz) { return gain_db(hz, setting); });
}

} // namespace timbrel::audio
