// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/bank_picture.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace timbrel::models {
namespace {

constexpr int band_count = 48;
constexpr double lowest = 40, highest = 16000; // Hz
constexpr double range = 60;                   // dB
constexpr int64_t fft_size = 4096;
constexpr int wanted_pitch = 60; // the note nearest to it is shown

} // namespace

size_t picture_note(const PlaneRecipe& recipe) {
    const auto nearest = std::ranges::min_element(recipe.pitches, {}, [](int p) { return std::abs(p - wanted_pitch); });
    return size_t(nearest - recipe.pitches.begin());
}

Tensor picture_bands(const Tensor& sound) {
    const int64_t length = std::min<int64_t>(sound.size(2), model_rate);
    const auto spectra = torch::stft(sound.slice(2, 0, length).mean(1), fft_size, fft_size / 2, fft_size,
                                     torch::hann_window(fft_size), false, true, true);
    const auto power = spectra.abs().square().mean(2);
    const auto edges = erb_points(band_count + 1, lowest, highest);
    auto bands = torch::zeros({power.size(0), band_count});
    for (int b = 0; b < band_count; ++b) {
        const auto from = int64_t(edges[b] * fft_size / model_rate),
                   to = std::max(from + 1, int64_t(edges[b + 1] * fft_size / model_rate));
        bands.slice(1, b, b + 1).copy_(power.slice(1, from, to).sum(1, true));
    }
    return bands;
}

nlohmann::json picture(const Tensor& bands, int pitch) {
    const auto level = ((10 * torch::log10(bands / bands.max() + 1e-9) + range) * (100. / range))
                           .clamp(0, 100)
                           .round()
                           .to(torch::kInt);
    auto cells = nlohmann::json::array();
    for (int64_t c = 0; c < level.size(0); ++c) {
        const auto row = level[c].contiguous();
        cells.push_back(std::vector<int>(row.data_ptr<int>(), row.data_ptr<int>() + band_count));
    }
    return {{"pitch", pitch},
            {"bands_hz", {{"count", band_count}, {"low", int(lowest)}, {"high", int(highest)}, {"scale", "ERB"}}},
            {"cells", cells}};
}

} // namespace timbrel::models
