// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/spectral/held_decay.h"

#include "models/spectral/note_spectrum.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr double window_seconds = .1;
constexpr int64_t least_windows = 9;
constexpr double audible_range = 60; // dB under the loudest window
constexpr double least_fall = .3;    // dB per second, in each third
constexpr double least_drop = 3;     // dB, of the loudest moments from one third to the next

// dB per second of levels [windows].
double slope_of(const Tensor& levels) {
    const auto n = levels.size(0);
    const auto t = (torch::arange(n) - double(n - 1) / 2) * window_seconds;
    return ((levels * t).sum() / t.square().sum()).item<double>();
}

// The part of `levels` from third `i` on, of three.
Tensor third(const Tensor& levels, int64_t i) {
    return levels.slice(0, levels.size(0) * i / 3, levels.size(0) * (i + 1) / 3);
}

bool falls_throughout(const Tensor& levels) {
    for (int64_t i = 0; i < 3; ++i)
        if (slope_of(third(levels, i)) > -least_fall) return false;
    return true;
}

// Whether the loudest moments fall, as those of a string that dies away in slow beats.
bool peaks_fall(const Tensor& levels) {
    const auto peak = [&](int64_t i) { return third(levels, i).max().item<double>(); };
    return peak(1) < peak(0) - least_drop && peak(2) < peak(1) - least_drop;
}

} // namespace

std::optional<double> held_decay(const Tensor& sound, double from) {
    const auto window = int64_t(window_seconds * model_rate), windows = sound.size(1) / window;
    const auto first = int64_t(from / window_seconds);
    if (windows < first + least_windows) return std::nullopt;
    const auto power = sound.slice(1, 0, windows * window).reshape({2, windows, window}).square().mean(2).mean(0);
    const auto levels = 10 * torch::log10(power + 1e-12);
    const double floor = levels.max().item<double>() - audible_range;
    int64_t last = first;
    while (last < windows && levels[last].item<double>() > floor) ++last;
    if (last < first + least_windows) return std::nullopt;
    const auto held = levels.slice(0, first, last);
    return falls_throughout(held) || peaks_fall(held) ? std::max(0., -slope_of(held)) : 0;
}

std::vector<std::optional<double>> agreed_decays(const std::vector<std::optional<double>>& decays) {
    auto agreed = decays;
    for (size_t i = 0; i < decays.size(); ++i) {
        if (!decays[i]) continue;
        std::vector<double> near{*decays[i]};
        if (i > 0 && decays[i - 1]) near.push_back(*decays[i - 1]);
        if (i + 1 < decays.size() && decays[i + 1]) near.push_back(*decays[i + 1]);
        std::ranges::sort(near);
        agreed[i] = near[(near.size() - 1) / 2];
    }
    return agreed;
}

} // namespace timbrel::models
