// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/filtered_features.h"

#include "common/units.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double least_power = 1e-12;          // re the loudest partial
constexpr std::array band_points{-.6, 0., .6}; // of a noise band's half width, where its gain is taken

Tensor to_power(const Tensor& db) { return torch::pow(10, db / 10); }
Tensor to_db(const Tensor& power) { return 10 * torch::log10(power + least_power); }

// Mean gain of each noise band's power, in dB.
std::vector<double> band_gains(const FeatureFilter::Gain& gain) {
    std::vector<double> db;
    for (size_t b = 0; b < noise_bands; ++b) {
        double power = 0;
        for (const double point : band_points)
            power += db_to_power(gain(noise_band_centres()[b] + point * noise_band_widths()[b]));
        db.push_back(power_to_db(power / double(band_points.size())));
    }
    return db;
}

} // namespace

const FeatureFilter::Pitch& FeatureFilter::at(int64_t pitch) {
    if (const auto found = pitches_.find(pitch); found != pitches_.end()) return found->second;
    const double f0 = note_to_hertz(double(pitch));
    const auto table = harmonic_table(f0);
    auto hz = table.hz(f0);
    const auto weights = envelope_weights({hz.begin(), hz.begin() + table.slots()}, f0);
    Pitch made{std::move(hz), FeatureMap(table, f0, torch::kCPU), weights / weights.sum(0).clamp_min(1e-6)};
    return pitches_.emplace(pitch, std::move(made)).first->second;
}

FeatureGains FeatureFilter::gains(int64_t pitch, const Gain& gain) {
    std::vector<double> partial;
    for (const double hz : at(pitch).partial_hz) partial.push_back(gain(hz));
    return {to_tensor(partial).unsqueeze(0), to_tensor(band_gains(gain)).unsqueeze(0)};
}

Tensor FeatureFilter::filtered(const Tensor& db, int64_t pitch, const FeatureGains& gains) {
    const auto& p = at(pitch);
    const auto slots = p.envelope_weights.size(0);
    const auto& partial_gain = gains.partial;
    const auto power = to_power(p.map.partials(db).slice(1, 0, slots)); // [frames, slots]
    const auto envelope_before = to_db(torch::mm(power, p.envelope_weights));
    const auto envelope_after = to_db(torch::mm(power * to_power(partial_gain.slice(1, 0, slots)), p.envelope_weights));
    const auto frames = db.size(1), low = std::min<int64_t>(slots, low_partials);
    auto change = torch::zeros({feature_count, frames});
    change.slice(0, 0, low) = partial_gain.slice(1, 0, low).t();
    change.slice(0, low_partials, noise_start) = (envelope_after - envelope_before).t();
    change.slice(0, noise_start, noise_start + noise_bands) = gains.noise.t();
    change.slice(0, noise_start + noise_bands) = partial_gain.slice(1, slots).t();
    return torch::where(is_audible(db), (db + change).clamp_min(feature_floor), db);
}

Tensor FeatureFilter::loudest_partials(const Tensor& db, int64_t pitch) { return at(pitch).map.partials(db).amax(1); }

Tensor referenced(const Tensor& db, const Tensor& loudest) {
    return torch::where(is_audible(db), (db - loudest).clamp_min(feature_floor), db);
}

} // namespace timbrel::models
