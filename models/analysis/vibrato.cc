#include "models/analysis/vibrato.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace timbrel::models {
namespace {

using Complex = std::complex<double>;

constexpr double slowest = 3, fastest = 9;              // Hz
constexpr double search_from = 2.7, search_to = 10;     // so that what lies beyond is not taken for the nearest
constexpr double search_step = 1.01;                    // a factor
constexpr double window_periods = 3;                    // of a Hann window
constexpr double attack = .1;                           // seconds in which pitch is not yet the player's
constexpr double quietest = 1e-4;                       // power, relative to the loudest
constexpr double widest = 150;                          // cents; beyond, a harmonic was lost
constexpr int smoothing = 4;                            // hops to either side
constexpr int stride = 6;                               // hops between windows where every hop would say no more
constexpr double least_depth = 3, most_depth = 200;     // cents
constexpr double least_explained = .7;                  // share of the movement that a sine accounts for
constexpr double least_steady = .75;                    // share of the time from the onset on
constexpr double least_agreement = .6;                  // share of the sound whose harmonics move together
constexpr double least_share = .02;                     // of the sound, for a harmonic to be asked
constexpr double least_covered = .4, least_heard = .02; // share of a window: of a note, of a single harmonic
constexpr double least_periods = 2;                     // from the onset on

// Deviation in cents over the hops, and how far each counts.
struct PitchCourse {
    std::vector<double> cents, weight;
};

struct Sine {
    Complex amplitude;    // of a cosine, its phase as if it began with the note
    double explained = 0; // share of the movement about a straight line, 0–1
    bool found = false;
};

double hann(double place) { return .5 + .5 * std::cos(std::numbers::pi * place); } // −1 to 1

// The straight line and the sine that fit best around a hop, by least squares.
Sine fit(const PitchCourse& course, double centre, double rate, double covered) {
    constexpr int terms = 4;
    const double half = window_periods * frames_per_second / rate / 2;
    const int first = std::max(0, int(std::ceil(centre - half)));
    const int last = std::min(int(course.cents.size()) - 1, int(centre + half));
    double a[terms][terms + 1] = {}, square = 0, total = 0;
    for (int t = first; t <= last; ++t) {
        const double place = (t - centre) / half, w = hann(place) * course.weight[t];
        if (w <= 0) continue;
        const double phase = 2 * std::numbers::pi * rate * t / frames_per_second, y = course.cents[t];
        const double term[terms] = {1, place, std::cos(phase), std::sin(phase)};
        for (int i = 0; i < terms; ++i) {
            for (int j = 0; j < terms; ++j) a[i][j] += w * term[i] * term[j];
            a[i][terms] += w * term[i] * y;
        }
        square += w * y * y;
        total += w;
    }
    if (total < covered * half) return {};
    double about_line = square, left = square;
    for (int i = 0; i < terms; ++i) {
        if (a[i][i] < 1e-9 * total) return {};
        for (int j = i + 1; j < terms; ++j) {
            const double factor = a[j][i] / a[i][i];
            for (int k = i; k <= terms; ++k) a[j][k] -= factor * a[i][k];
        }
        left -= a[i][terms] * a[i][terms] / a[i][i];
        if (i == 1) about_line = left;
    }
    const double sine = a[3][terms] / a[3][3], cosine = (a[2][terms] - a[2][3] * sine) / a[2][2];
    const double explained = about_line > 1e-6 * total ? 1 - left / about_line : 0;
    return {{cosine, sine}, std::clamp(explained, 0., 1.), true};
}

PitchCourse smoothed(const PitchCourse& x) {
    const int n = int(x.cents.size());
    PitchCourse y{std::vector<double>(n), std::vector<double>(n)};
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

// What is left of a vibrato's depth when it is seen through a Hann window of so many seconds, and smoothed.
double visible(double window, double rate) {
    const double turns = window * rate, turn = std::numbers::pi * turns;
    const double seen = std::sin(turn) / turn / (1 - turns * turns);
    double sum = 0;
    for (int k = -smoothing; k <= smoothing; ++k)
        sum += hann(double(k) / (smoothing + 1)) * std::cos(2 * std::numbers::pi * rate * k / frames_per_second);
    return seen * sum / (smoothing + 1);
}

double median(std::vector<double> x) {
    const auto middle = x.begin() + long(x.size() / 2);
    std::nth_element(x.begin(), middle, x.end());
    return *middle;
}

struct Harmonic {
    PitchCourse course;
    double share = 0; // of the whole sound
};

// All harmonics together, weighted by their power, and each by itself.
struct Movement {
    PitchCourse whole;
    std::vector<Harmonic> harmonics;
};

Movement heard(const HarmonicMovement& movement, int64_t held) {
    const int hops = int(std::min(held, movement.deviation.size(0))), count = int(movement.deviation.size(1));
    const auto deviation = movement.deviation.accessor<float, 2>(), weight = movement.weight.accessor<float, 2>();
    const double cents = 1200 / std::numbers::ln2 / movement.f0;
    const int settled = int(std::max(2 / movement.f0, attack) * frames_per_second) + 2;
    std::vector<double> power(hops), mean(hops);
    for (int t = 0; t < hops; ++t) {
        for (int h = 0; h < count; ++h) {
            power[t] += weight[t][h];
            mean[t] += double(weight[t][h]) * deviation[t][h];
        }
        mean[t] *= cents / std::max(power[t], 1e-20);
    }
    const double loudest = hops > 0 ? *std::ranges::max_element(power) : 0;
    const auto counts = [&](int t, double by) {
        return t >= settled && power[t] > loudest * quietest && std::abs(by) < widest;
    };
    PitchCourse whole{mean, std::vector<double>(hops)};
    for (int t = 0; t < hops; ++t) whole.weight[t] = counts(t, mean[t]) ? 1 : 0;
    Movement all{smoothed(whole), {}};
    for (int h = 0; h < count; ++h) {
        Harmonic harmonic{{std::vector<double>(hops), std::vector<double>(hops)}, 0};
        double level = 0, parts = 0;
        for (int t = 0; t < hops; ++t) level += weight[t][h] / double(hops);
        for (int t = 0; t < hops; ++t) {
            harmonic.course.cents[t] = cents * deviation[t][h];
            if (counts(t, harmonic.course.cents[t])) harmonic.course.weight[t] = weight[t][h] / std::max(level, 1e-20);
            if (whole.weight[t] > 0) harmonic.share += weight[t][h] / power[t], ++parts;
        }
        harmonic.share /= std::max(parts, 1.);
        if (harmonic.share < least_share) continue;
        harmonic.course = smoothed(harmonic.course);
        all.harmonics.push_back(std::move(harmonic));
    }
    return all;
}

double best_rate(const PitchCourse& course) {
    double best = 0, found = 0;
    for (double rate = search_from; rate < search_to; rate *= search_step) {
        double sum = 0;
        int windows = 0;
        for (int t = 0; t < int(course.cents.size()); t += stride)
            if (const Sine sine = fit(course, t, rate, least_covered); sine.found)
                sum += std::norm(sine.amplitude) * sine.explained, ++windows;
        if (windows > 0 && sum / windows > best) best = sum / windows, found = rate;
    }
    return found;
}

// The sine over the hops where it can be seen, and from which of them on it has half its depth.
struct Trace {
    std::vector<int> hop;
    std::vector<Sine> sine;
    size_t onset = 0;

    double size(size_t i) const { return std::abs(sine[i].amplitude) * sine[i].explained; }
    double size_from(size_t first) const {
        std::vector<double> sizes;
        for (size_t i = first; i < sine.size(); ++i) sizes.push_back(size(i));
        return median(std::move(sizes));
    }
};

Trace traced(const PitchCourse& course, double rate) {
    Trace trace;
    for (int t = 0; t < int(course.cents.size()); ++t)
        if (const Sine sine = fit(course, t, rate, least_covered); sine.found)
            trace.hop.push_back(t), trace.sine.push_back(sine);
    if (trace.sine.empty()) return trace;
    // A vibrato that comes late is not there in most of the note: what it reaches in the end says when it began.
    double full = trace.size_from(trace.sine.size() * 2 / 3);
    for (int again = 0; again < 2; ++again) {
        trace.onset = 0;
        while (trace.onset + 1 < trace.sine.size() && trace.size(trace.onset) < full / 2) ++trace.onset;
        full = trace.size_from(trace.onset);
    }
    return trace;
}

bool is_steady(const Trace& trace) {
    const double full = trace.size_from(trace.onset);
    size_t there = 0;
    std::vector<double> explained;
    for (size_t i = trace.onset; i < trace.sine.size(); ++i) {
        there += trace.size(i) > full / 2;
        explained.push_back(trace.sine[i].explained);
    }
    return median(explained) >= least_explained && double(there) >= least_steady * double(explained.size());
}

// Whether the harmonics do what all do together: where they beat, each has a rate of its own.
bool agree(const Trace& trace, const std::vector<Harmonic>& harmonics, double rate) {
    double same = 0, all = 0;
    for (const auto& harmonic : harmonics)
        for (size_t i = trace.onset; i < trace.sine.size(); i += stride) {
            const Sine own = fit(harmonic.course, trace.hop[i], rate, least_heard);
            if (!own.found) continue;
            const Complex together = trace.sine[i].amplitude;
            const double size = std::abs(own.amplitude), whole = std::abs(together);
            const bool alike = size > whole / 3 && size < whole * 3 &&
                               std::real(own.amplitude * std::conj(together)) > .5 * size * whole;
            same += alike ? harmonic.share : 0;
            all += harmonic.share;
        }
    return all > 0 && same >= least_agreement * all;
}

} // namespace

Vibrato vibrato_of(const HarmonicMovement& movement, int64_t held) {
    const auto [whole, harmonics] = heard(movement, held);
    const double rate = best_rate(whole);
    if (rate < slowest || rate > fastest) return {};
    const Trace trace = traced(whole, rate);
    const double lasts = (trace.hop.back() - trace.hop[trace.onset]) / frames_per_second;
    if (lasts * rate < least_periods || !is_steady(trace) || !agree(trace, harmonics, rate)) return {};
    std::vector<double> depths;
    for (size_t i = trace.onset; i < trace.sine.size(); ++i) depths.push_back(std::abs(trace.sine[i].amplitude));
    const double depth = median(depths) / visible(movement.window, rate);
    if (depth < least_depth || depth > most_depth) return {};
    return {depth, rate, trace.onset > 0 ? trace.hop[trace.onset] / frames_per_second : 0};
}

} // namespace timbrel::models
