// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/vibrato.h"

#include "common/stats.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace timbrel::models {
namespace {

using Complex = std::complex<double>;

constexpr double min_rate = 3, max_rate = 9;        // Hz
constexpr double search_from = 2.7, search_to = 10; // Hz: wider, so that a rate outside is not taken for the nearest
constexpr double search_step = 1.01;                // a factor
constexpr double window_periods = 3;                // of a Hann window
constexpr double attack = .1;                       // seconds in which the pitch is not the player's yet
constexpr double min_power = 1e-4;                  // relative to the maximum
constexpr double max_deviation = 150;               // cents; beyond, the harmonic was lost
constexpr int smoothing = 4;                        // hops to either side
constexpr int stride = 6;                           // hops between windows, where every hop is not needed
constexpr double min_depth = 3, max_depth = 200;    // cents
constexpr double min_explained = .7;                // median fraction of the movement that a sine explains
constexpr double min_steady = .75;                  // fraction of the time after the onset
constexpr double min_agreement = .6;                // fraction of the power whose harmonics move together
constexpr double min_harmonic_power = .02;          // of the sound, for a harmonic to be compared
constexpr double note_coverage = .4, harmonic_coverage = .02; // least fraction of a window with a valid pitch
constexpr double min_periods = 2;                             // from the onset on

// Deviation in cents for each hop, and its weight.
struct PitchTrack {
    std::vector<double> cents, weight;
};

struct SineFit {
    Complex amplitude;    // cents; its phase is relative to the start of the note
    double explained = 0; // fraction of the movement around a straight line, 0–1
    bool valid = false;
};

double hann(double x) { return .5 + .5 * std::cos(std::numbers::pi * x); } // x from −1 to 1

// Weighted normal equations for an offset, a slope and a sinusoid: columns 0 to 3 and the right-hand side.
constexpr int terms = 4;
struct NormalEquations {
    double a[terms][terms + 1] = {};
    double square = 0, total = 0; // Σ w y², Σ w
};

NormalEquations normal_equations(const PitchTrack& track, double centre, double rate, double half) {
    const int first = std::max(0, int(std::ceil(centre - half)));
    const int last = std::min(int(track.cents.size()) - 1, int(centre + half));
    NormalEquations e;
    for (int t = first; t <= last; ++t) {
        const double x = (t - centre) / half, w = hann(x) * track.weight[t];
        if (w <= 0) continue;
        const double phase = 2 * std::numbers::pi * rate * t / frames_per_second, y = track.cents[t];
        const double term[terms] = {1, x, std::cos(phase), std::sin(phase)};
        for (int i = 0; i < terms; ++i) {
            for (int j = 0; j < terms; ++j) e.a[i][j] += w * term[i] * term[j];
            e.a[i][terms] += w * term[i] * y;
        }
        e.square += w * y * y;
        e.total += w;
    }
    return e;
}

// Fits a straight line and a sine around a hop by least squares. Not valid where less than `coverage` of the window has
// a pitch.
SineFit fit(const PitchTrack& track, double centre, double rate, double coverage) {
    const double half = window_periods * frames_per_second / rate / 2;
    auto [a, square, total] = normal_equations(track, centre, rate, half);
    if (total < coverage * half) return {};
    double line_residual = square, residual = square;
    for (int i = 0; i < terms; ++i) {
        if (a[i][i] < 1e-9 * total) return {};
        for (int j = i + 1; j < terms; ++j) {
            const double factor = a[j][i] / a[i][i];
            for (int k = i; k <= terms; ++k) a[j][k] -= factor * a[i][k];
        }
        residual -= a[i][terms] * a[i][terms] / a[i][i];
        if (i == 1) line_residual = residual;
    }
    const double sine = a[3][terms] / a[3][3], cosine = (a[2][terms] - a[2][3] * sine) / a[2][2];
    const double explained = line_residual > 1e-6 * total ? 1 - residual / line_residual : 0;
    return {{cosine, sine}, std::clamp(explained, 0., 1.), true};
}

PitchTrack smoothed(const PitchTrack& x) {
    const int n = int(x.cents.size());
    PitchTrack y{std::vector<double>(n), std::vector<double>(n)};
    for (int t = 0; t < n; ++t) {
        double sum = 0, weight = 0;
        for (int k = -smoothing; k <= smoothing; ++k) {
            if (t + k < 0 || t + k >= n) continue;
            const double w = hann(double(k) / (smoothing + 1)) * x.weight[t + k];
            sum += w * x.cents[t + k];
            weight += w;
        }
        y.cents[t] = weight > 0 ? sum / weight : 0;
        y.weight[t] = weight / (smoothing + 1);
    }
    return y;
}

// The fraction of a vibrato's depth that remains after the analysis window (seconds of a Hann window) and smoothing.
double depth_response(double window, double rate) {
    const double turns = window * rate, turn = std::numbers::pi * turns;
    const double window_response = std::sin(turn) / turn / (1 - turns * turns);
    double sum = 0;
    for (int k = -smoothing; k <= smoothing; ++k)
        sum += hann(double(k) / (smoothing + 1)) * std::cos(2 * std::numbers::pi * rate * k / frames_per_second);
    return window_response * sum / (smoothing + 1);
}

struct HarmonicTrack {
    PitchTrack track;
    double power = 0; // as a fraction of the sound
};

// All harmonics together, weighted by their power, and each by itself.
struct PitchTracks {
    PitchTrack mean;
    std::vector<HarmonicTrack> harmonics;
};

struct MeanDeviation {
    std::vector<double> power, cents; // for each hop
};

MeanDeviation mean_deviation(const HarmonicDeviation& h, int hops, double cents_per_hz) {
    const auto deviation = h.deviation.accessor<float, 2>(), weight = h.weight.accessor<float, 2>();
    MeanDeviation mean{std::vector<double>(hops), std::vector<double>(hops)};
    for (int t = 0; t < hops; ++t) {
        for (int k = 0; k < int(h.deviation.size(1)); ++k) {
            mean.power[t] += weight[t][k];
            mean.cents[t] += double(weight[t][k]) * deviation[t][k];
        }
        mean.cents[t] *= cents_per_hz / std::max(mean.power[t], 1e-20);
    }
    return mean;
}

PitchTracks pitch_tracks(const HarmonicDeviation& h, int64_t max_hops) {
    const int hops = int(std::min(max_hops, h.deviation.size(0))), count = int(h.deviation.size(1));
    const auto deviation = h.deviation.accessor<float, 2>(), weight = h.weight.accessor<float, 2>();
    const double cents_per_hz = 1200 / std::numbers::ln2 / h.f0;
    const int onset_end = int(std::max(2 / h.f0, attack) * frames_per_second) + 2;
    const auto mean = mean_deviation(h, hops, cents_per_hz);
    const double max_power = hops > 0 ? *std::ranges::max_element(mean.power) : 0;
    const auto valid = [&](int t, double cents) {
        return t >= onset_end && mean.power[t] > max_power * min_power && std::abs(cents) < max_deviation;
    };
    PitchTrack together{mean.cents, std::vector<double>(hops)};
    for (int t = 0; t < hops; ++t) together.weight[t] = valid(t, mean.cents[t]) ? 1 : 0;
    PitchTracks tracks{smoothed(together), {}};
    for (int k = 0; k < count; ++k) {
        HarmonicTrack harmonic{{std::vector<double>(hops), std::vector<double>(hops)}, 0};
        double level = 0, valid_hops = 0;
        for (int t = 0; t < hops; ++t) level += weight[t][k] / double(hops);
        for (int t = 0; t < hops; ++t) {
            harmonic.track.cents[t] = cents_per_hz * deviation[t][k];
            if (valid(t, harmonic.track.cents[t])) harmonic.track.weight[t] = weight[t][k] / std::max(level, 1e-20);
            if (together.weight[t] > 0) harmonic.power += weight[t][k] / mean.power[t], ++valid_hops;
        }
        harmonic.power /= std::max(valid_hops, 1.);
        if (harmonic.power < min_harmonic_power) continue;
        harmonic.track = smoothed(harmonic.track);
        tracks.harmonics.push_back(std::move(harmonic));
    }
    return tracks;
}

// The rate in Hz with the largest mean power of the fitted sine.
double best_rate(const PitchTrack& track) {
    double best = 0, found = 0;
    for (double rate = search_from; rate < search_to; rate *= search_step) {
        double sum = 0;
        int windows = 0;
        for (int t = 0; t < int(track.cents.size()); t += stride)
            if (const SineFit sine = fit(track, t, rate, note_coverage); sine.valid)
                sum += std::norm(sine.amplitude) * sine.explained, ++windows;
        if (windows > 0 && sum / windows > best) best = sum / windows, found = rate;
    }
    return found;
}

// The sine at each hop with a valid fit, and the index at which it has reached half its depth.
struct SineTrack {
    std::vector<int> hop;
    std::vector<SineFit> sine;
    size_t onset = 0;

    double depth(size_t i) const { return std::abs(sine[i].amplitude) * sine[i].explained; }
    double median_depth(size_t first) const {
        std::vector<double> depths;
        for (size_t i = first; i < sine.size(); ++i) depths.push_back(depth(i));
        return median(std::move(depths));
    }
};

SineTrack track_sine(const PitchTrack& track, double rate) {
    SineTrack result;
    for (int t = 0; t < int(track.cents.size()); ++t)
        if (const SineFit sine = fit(track, t, rate, note_coverage); sine.valid)
            result.hop.push_back(t), result.sine.push_back(sine);
    if (result.sine.empty()) return result;
    // A late vibrato is absent from most of the note, so the depth in the last third sets the threshold first.
    double full = result.median_depth(result.sine.size() * 2 / 3);
    for (int pass = 0; pass < 2; ++pass) {
        result.onset = 0;
        while (result.onset + 1 < result.sine.size() && result.depth(result.onset) < full / 2) ++result.onset;
        full = result.median_depth(result.onset);
    }
    return result;
}

bool is_steady(const SineTrack& track) {
    const double full = track.median_depth(track.onset);
    size_t deep = 0;
    std::vector<double> explained;
    for (size_t i = track.onset; i < track.sine.size(); ++i) {
        deep += track.depth(i) > full / 2;
        explained.push_back(track.sine[i].explained);
    }
    return median(explained) >= min_explained && double(deep) >= min_steady * double(explained.size());
}

// Whether the harmonics move alike, in depth and phase. Where sources beat, each harmonic has its own rate.
bool harmonics_agree(const SineTrack& track, const std::vector<HarmonicTrack>& harmonics, double rate) {
    double agreeing = 0, all = 0;
    for (const auto& harmonic : harmonics)
        for (size_t i = track.onset; i < track.sine.size(); i += stride) {
            const SineFit single = fit(harmonic.track, track.hop[i], rate, harmonic_coverage);
            if (!single.valid) continue;
            const Complex mean = track.sine[i].amplitude;
            const double depth = std::abs(single.amplitude), mean_depth = std::abs(mean);
            const bool alike = depth > mean_depth / 3 && depth < mean_depth * 3 &&
                               std::real(single.amplitude * std::conj(mean)) > .5 * depth * mean_depth;
            agreeing += alike ? harmonic.power : 0;
            all += harmonic.power;
        }
    return all > 0 && agreeing >= min_agreement * all;
}

struct RateAndPhase {
    double rate, phase; // Hz; turns at the start of the note, 0–1
};

// The straight line through the sine's phase after the onset: the search for the rate has wide steps.
RateAndPhase fit_phase(const SineTrack& track, double rate) {
    double n = 0, t = 0, y = 0, tt = 0, ty = 0, last = 0;
    for (size_t i = track.onset; i < track.sine.size(); ++i) {
        const Complex sine = track.sine[i].amplitude;                                 // {cosine, sine}
        double turns = std::atan2(sine.real(), sine.imag()) / (2 * std::numbers::pi); // of sin(2π (rate · t + turns))
        if (n > 0) turns += std::round(last - turns);
        last = turns;
        const double seconds = (track.hop[i] + .5) / frames_per_second; // a deviation belongs to the middle of a hop
        turns -= .5 * rate / frames_per_second;
        n += 1, t += seconds, y += turns, tt += seconds * seconds, ty += seconds * turns;
    }
    const double spread = tt - t * t / n, slope = spread > 0 ? (ty - t * y / n) / spread : 0;
    const double start = (y - slope * t) / n;
    return {rate + slope, start - std::floor(start)};
}

} // namespace

Vibrato estimate_vibrato(const HarmonicDeviation& deviation, int64_t hops) {
    const auto [mean, harmonics] = pitch_tracks(deviation, hops);
    const double rate = best_rate(mean);
    if (rate < min_rate || rate > max_rate) return {};
    const SineTrack track = track_sine(mean, rate);
    const double duration = (track.hop.back() - track.hop[track.onset]) / frames_per_second;
    if (duration * rate < min_periods || !is_steady(track) || !harmonics_agree(track, harmonics, rate)) return {};
    std::vector<double> depths;
    for (size_t i = track.onset; i < track.sine.size(); ++i) depths.push_back(std::abs(track.sine[i].amplitude));
    const double depth = median(depths) / depth_response(deviation.window, rate);
    if (depth < min_depth || depth > max_depth) return {};
    const auto [exact_rate, phase] = fit_phase(track, rate);
    return {depth, exact_rate, track.onset > 0 ? track.hop[track.onset] / frames_per_second : 0, phase};
}

double Vibrato::cents(double seconds) const {
    const double fade = delay > 0 ? std::clamp(seconds / delay - .5, 0., 1.) : 1;
    return fade * fade * (3 - 2 * fade) * depth * std::sin(2 * std::numbers::pi * (rate * seconds + phase));
}

} // namespace timbrel::models
