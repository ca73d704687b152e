// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/pitch_movement.h"

#include "common/stats.h"
#include "common/units.h"
#include "models/analysis/smoothing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr double max_fast = 40;      // cents from the smooth track; beyond, the harmonics were lost
constexpr int agreement_side = 16;   // hops to either side in which the agreement is measured
constexpr double least_voices = 1.5; // harmonics of equal weight; of fewer, nothing says whether they agree
constexpr float least_cents = .5;
constexpr int fitting_steps = 20;
constexpr double slow_hops = 17; // of a Hann window: movement slower than about 10 Hz

// The weighted mean of the harmonics at each row of a HarmonicDeviation, and the variance of that mean if they moved
// independently of each other, in cents.
struct MeanMovement {
    std::vector<double> cents, variance;
};

MeanMovement mean_movement(const HarmonicDeviation& h, double cents_per_hz) {
    const auto deviation = h.deviation.accessor<float, 2>(), weight = h.weight.accessor<float, 2>();
    const auto rows = h.deviation.size(0), harmonics = h.deviation.size(1);
    MeanMovement mean{std::vector<double>(rows), std::vector<double>(rows)};
    for (int64_t t = 0; t < rows; ++t) {
        double total = 1e-30, squares = 0, sum = 0, scatter = 0;
        for (int64_t k = 0; k < harmonics; ++k) {
            total += weight[t][k];
            squares += double(weight[t][k]) * weight[t][k];
            sum += double(weight[t][k]) * deviation[t][k];
        }
        mean.cents[t] = cents_per_hz * sum / total;
        for (int64_t k = 0; k < harmonics; ++k) {
            const double apart = cents_per_hz * deviation[t][k] - mean.cents[t];
            scatter += double(weight[t][k]) * weight[t][k] * apart * apart;
        }
        const double voices = total * total / std::max(squares, 1e-60);
        if (voices >= least_voices) mean.variance[t] = scatter / (total * total) * voices / (voices - 1);
    }
    return mean;
}

// A Hann window of so many hops.
std::vector<double> hann_kernel(double hops) {
    const int half = std::max(0, int(std::ceil(hops / 2)) - 1);
    std::vector<double> kernel;
    for (int k = -half; k <= half; ++k) kernel.push_back(.5 + .5 * std::cos(2 * std::numbers::pi * k / hops));
    return kernel;
}

double at(const std::vector<double>& x, double position) {
    const auto last = double(x.size()) - 1;
    position = std::clamp(position, 0., last);
    const auto first = size_t(position), second = std::min(first + 1, x.size() - 1);
    return x[first] + (position - double(first)) * (x[second] - x[first]);
}

// Without what each harmonic is off its frequency throughout, so that no movement appears where the balance of
// stretched or inharmonic partials changes: the offsets are those with which one movement fits all harmonics best.
HarmonicDeviation in_tune(const HarmonicDeviation& h, const std::vector<bool>& reliable) {
    const std::vector<float> rows(reliable.begin(), reliable.end());
    const auto weight = h.weight * torch::tensor(rows).unsqueeze(1), of_harmonic = weight.sum(0).clamp_min(1e-20),
               of_row = weight.sum(1, true).clamp_min(1e-20);
    auto offset = torch::zeros_like(of_harmonic);
    for (int i = 0; i < fitting_steps; ++i) {
        const auto movement = ((h.deviation - offset) * weight).sum(1, true) / of_row;
        offset = ((h.deviation - movement) * weight).sum(0) / of_harmonic;
        offset = offset - (offset * of_harmonic).sum() / of_harmonic.sum();
    }
    auto centred = h;
    centred.deviation = (h.deviation - offset).contiguous();
    return centred;
}

// The part of `movement` in which the harmonics agree: around each hop, the fraction of its power beyond the variance
// that it has if they move independently of each other.
std::vector<double> agreed(const std::vector<double>& movement, const std::vector<double>& variance) {
    std::vector<double> power;
    for (const double cents : movement) power.push_back(cents * cents);
    const auto neighbourhood = hann_kernel(2 * agreement_side);
    power = convolved(power, neighbourhood);
    const auto independent = convolved(variance, neighbourhood);
    std::vector<double> result;
    for (size_t t = 0; t < movement.size(); ++t)
        result.push_back(movement[t] * std::max(0., 1 - independent[t] / std::max(power[t], 1e-9)));
    return result;
}

// Movement at each of `hops` hops of the recording but for the vibrato, in cents from the pitch that it has most of the
// time.
std::vector<double> rest_of_recording(const HarmonicDeviation& measured, const Vibrato& vibrato, int64_t hops) {
    const auto reliable = reliable_rows(measured);
    const auto h = in_tune(measured, reliable);
    const auto window = hann_kernel(h.window * frames_per_second);
    auto slow = track_f0(h);
    slow.resize(std::min<size_t>(slow.size(), size_t(hops)));
    if (slow.empty()) return slow;
    for (double& f : slow) f = ratio_to_cents(f / h.f0);
    const double usual = median(slow);
    const auto mean = mean_movement(h, 1200 / std::numbers::ln2 / h.f0);
    std::vector<double> vibrating, movement(slow.size()), variance(slow.size());
    for (size_t t = 0; t < slow.size(); ++t) {
        vibrating.push_back(vibrato.cents(double(t) / frames_per_second));
        movement[t] = slow[t];
        if (t == 0 || t >= mean.cents.size() || !reliable[t - 1] || !reliable[t]) continue;
        const double cents = (mean.cents[t - 1] + mean.cents[t]) / 2; // rows lie half a hop before and after
        movement[t] += std::clamp(cents - slow[t], -max_fast, max_fast);
        variance[t] = (mean.variance[t - 1] + mean.variance[t]) / 2;
    }
    vibrating = convolved(vibrating, window);
    for (size_t t = 0; t < movement.size(); ++t) movement[t] -= usual + vibrating[t];
    const auto slow_kernel = hann_kernel(slow_hops);
    slow = convolved(movement, slow_kernel);
    auto fast = movement;
    for (size_t t = 0; t < fast.size(); ++t) fast[t] -= slow[t];
    fast = agreed(fast, variance);
    for (double& v : variance) v *= std::min(1., h.window * frames_per_second / slow_hops);
    slow = agreed(slow, variance);
    for (size_t t = 0; t < fast.size(); ++t) movement[t] = slow[t] + fast[t];
    // Undoes most of what the window of the analysis has smoothed: one step of van Cittert's deconvolution.
    const auto blurred = convolved(movement, window);
    for (size_t t = 0; t < movement.size(); ++t) movement[t] += movement[t] - blurred[t];
    return movement;
}

} // namespace

PitchMovement pitch_movement(const Analysis& note, int64_t hops) {
    PitchMovement movement{estimate_vibrato(note.pitch_deviation, hops), {}};
    const auto cents = rest_of_recording(note.pitch_deviation, movement.vibrato, note.spectrum.frames());
    if (cents.empty()) return movement;
    const auto& times = note.frame_times;
    size_t frame = 0; // of the recording, at the hop of the sound at constant pitch
    for (int64_t k = 0; k <= hops; ++k) {
        while (frame + 2 < times.size() && times[frame + 1] <= double(k * hop)) ++frame;
        movement.rest.push_back(float(at(cents, double(frame) / hop)));
    }
    if (std::ranges::all_of(movement.rest, [](float c) { return std::abs(c) < least_cents; })) movement.rest.clear();
    return movement;
}

PitchMovement at_pace(PitchMovement movement, double speed) {
    movement.vibrato.rate /= speed;
    movement.vibrato.delay *= speed;
    const std::vector<double> rest(movement.rest.begin(), movement.rest.end());
    for (size_t k = 0; k < rest.size(); ++k) movement.rest[k] = float(at(rest, double(k) / speed));
    return movement;
}

} // namespace timbrel::models
