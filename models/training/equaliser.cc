// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/equaliser.h"

#include "common/units.h"
#include "models/recipe/recipe.h"

#include <cmath>
#include <numbers>

namespace timbrel::models {

Tensor random_equaliser(const Tensor& f0, at::Generator& generator) {
    const auto& r = training_recipe();
    const auto notes = f0.size(0);
    const auto normal = [&](int64_t columns) { return torch::randn({notes, columns}, generator); };
    const auto position = torch::linspace(0, 1, noise_bands);
    auto curve = torch::zeros({notes, noise_bands});
    for (int64_t k = 1; k <= r.equaliser_terms; ++k)
        curve += normal(1) * (r.equaliser_db / std::sqrt(double(k)) / 2) *
                 torch::cos(position * (double(k) * std::numbers::pi) +
                            torch::rand({notes, 1}, generator) * std::numbers::pi);
    const auto noise = curve + normal(1) * r.noise_gain_db + normal(noise_bands) * r.jitter_db;
    curve += normal(noise_bands) * r.jitter_db;
    const auto at_harmonics = [&](double first, int count) {
        const auto hz = f0.unsqueeze(1) * (torch::arange(count) + first);
        const auto erb = [](const Tensor& f) { return 21.4 * torch::log10(1 + .00437 * f); };
        const double low = hertz_to_erb_number(30), high = hertz_to_erb_number(20000);
        const auto band = ((erb(hz) - low) / (high - low) * (noise_bands - 1)).round().clamp(0, noise_bands - 1);
        return curve.gather(1, band.to(torch::kLong));
    };
    return torch::cat({at_harmonics(1, low_partials), curve, noise, at_harmonics(.5, subharmonic_slots)}, 1);
}

Tensor equalised(const Tensor& db, const Tensor& gain) {
    constexpr double highest = 6; // dB
    return torch::where(is_audible(db), (db + gain).clamp(feature_floor, highest), db);
}

} // namespace timbrel::models
