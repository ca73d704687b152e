// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/synthesis/pitch_loop.h"

#include "models/tensor/tensors.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double settling = .3; // seconds before the loop in which the track comes to the key

// From 0 to 1, smoothly, as x does.
double smooth_step(double x) {
    x = std::clamp(x, 0., 1.);
    return x * x * (3 - 2 * x);
}

struct Line {
    double start, slope; // at the loop's start; per hop
};

Line line_through(const std::vector<float>& cents, const LoopRange& loop) {
    const auto count = double(loop.end - loop.start);
    double sum = 0, product = 0, squares = 0;
    for (int64_t k = loop.start; k < loop.end; ++k) {
        const double x = double(k - loop.start) - (count - 1) / 2;
        sum += cents[size_t(k)];
        product += x * cents[size_t(k)];
        squares += x * x;
    }
    const double slope = squares > 0 ? product / squares : 0;
    return {sum / count - slope * (count - 1) / 2, slope};
}

} // namespace

std::vector<float> close_pitch(const std::vector<float>& cents, const LoopRange& loop) {
    if (cents.empty() || loop.end <= loop.start) return cents;
    const Line line = line_through(cents, loop);
    const auto level = [&](int64_t k) { // without the line
        return double(cents[size_t(k)]) - line.start - line.slope * double(k - loop.start);
    };
    std::vector<float> track(cents.begin(), cents.begin() + loop.end + 1);
    const double settling_hops = std::min(settling * frames_per_second, double(loop.start));
    for (int64_t k = 0; k < loop.start; ++k)
        track[size_t(k)] -= float(line.start * smooth_step(1 - double(loop.start - k) / std::max(settling_hops, 1.)));
    const int64_t fade = std::min((loop.end - loop.start) / 4, loop.start);
    for (int64_t k = loop.start; k <= loop.end; ++k) {
        const double into = fade > 0 ? smooth_step(1 - double(loop.end - k) / double(fade)) : 0;
        track[size_t(k)] =
            float(into > 0 ? level(k) + into * (level(k - (loop.end - loop.start)) - level(k)) : level(k));
    }
    track[size_t(loop.end)] = track[size_t(loop.start)];
    return track;
}

} // namespace timbrel::models
