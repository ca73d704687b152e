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

// dB per second of levels [windows].
double slope_of(const Tensor& levels) {
    const auto n = levels.size(0);
    const auto t = (torch::arange(n) - double(n - 1) / 2) * window_seconds;
    return ((levels * t).sum() / t.square().sum()).item<double>();
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
    for (int64_t third = 0; third < 3; ++third)
        if (slope_of(levels.slice(0, first + (last - first) * third / 3, first + (last - first) * (third + 1) / 3)) >
            -least_fall)
            return 0;
    return std::max(0., -slope_of(levels.slice(0, first, last)));
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
