// SPDX-License-Identifier: GPL-3.0-or-later
// Constants were set by hand; no comparison of other values is recorded.
#include "models/network/note_features.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int half_slots_start = noise_start + noise_bands;
constexpr double max_gain = 40, level_margin = 6; // dB, of the normalisation; below the maximum, where it ends
constexpr double gate_knee = -78;                 // dB, below which the gate expands …
constexpr double gate_slope = 5;                  // … by so many dB per dB
constexpr double rumble_hz = 80;                  // below, side lobes of the long window read as noise
constexpr double noise_reference = .02;           // power: the loudest noise band sets the reference as such a partial
constexpr double min_reference = 1e-12;           // power
constexpr int crossfade_partials = 8;             // over which low partials fade into the envelope

Tensor power_to_db(const Tensor& power) { return 10 * torch::log10(power + 1e-12); }

const std::vector<double>& pan_centres() {
    static const auto centres = [] {
        const auto edges = erb_points(pan_bands + 1, 60, 20000);
        std::vector<double> c;
        for (int b = 0; b < pan_bands; ++b) c.push_back(std::sqrt(edges[b] * edges[b + 1]));
        return c;
    }();
    return centres;
}

// Amplitudes of the channels in bands, from the energy of partials and noise: [2, pan_bands].
Tensor panning(const NoteSpectrum& s) {
    const auto gather = [&](const Tensor& energy, const std::vector<double>& at) {
        return torch::mm(energy, interpolation_matrix(pan_centres(), at).t().to(energy.device()));
    };
    const auto widths = to_tensor(noise_band_widths()).to(s.noise.device());
    auto energy = gather(s.partial.square().sum(0) / 2, s.partial_hz()) +
                  gather(s.noise.square().sum(0) * widths, noise_band_centres());
    energy += energy.sum(1, true) * 1e-4 + 1e-20;
    return (2 * energy / energy.sum(0, true)).sqrt();
}

std::vector<double> slot_frequencies(const PartialTable& table, double f0) {
    std::vector<double> hz;
    for (int n = 0; n < table.slots(); ++n) hz.push_back(table.ratio[n] * f0);
    return hz;
}

Tensor noise_width_db() {
    std::vector<double> db;
    for (double w : noise_band_widths()) db.push_back(timbrel::power_to_db(w));
    return to_tensor(db);
}

// Power in the noise bands [frames, noise_bands]. Below rumble_hz no more than just above it.
Tensor noise_power(const NoteSpectrum& s) {
    const auto widths = to_tensor(noise_band_widths()).to(s.noise.options());
    const auto density = s.noise.square().mean(1);
    auto noise = density * widths;
    const auto low_bands = std::lower_bound(noise_band_centres().begin(), noise_band_centres().end(), rumble_hz) -
                           noise_band_centres().begin();
    const auto rumble = density.slice(1, 0, low_bands), limit = density.slice(1, low_bands, low_bands + 1);
    noise.slice(1, 0, low_bands).copy_(torch::minimum(rumble, limit) * widths.slice(0, 0, low_bands));
    return noise;
}

} // namespace

Tensor envelope_weights(const std::vector<double>& hz, double f0) {
    const auto& points = noise_band_centres();
    auto m = torch::zeros({int64_t(hz.size()), envelope_points});
    auto a = m.accessor<float, 2>();
    for (int j = 0; j < envelope_points; ++j) {
        const double lo = points[std::max(j - 1, 0)], hi = points[std::min(j + 1, envelope_points - 1)];
        const double width = std::max((hi - lo) / 2, f0);
        for (size_t k = 0; k < hz.size(); ++k) a[k][j] = float(std::max(0.0, 1 - std::abs(hz[k] - points[j]) / width));
    }
    return m;
}

Features extract_features(const NoteSpectrum& s) {
    const auto options = s.partial.options();
    const int slots = s.partials.slots(), low = std::min(slots, low_partials);
    std::vector<float> active(s.partials.active.begin(), s.partials.active.end());
    const auto power = s.partial.square().mean(1) * to_tensor(active).to(options); // [frames, partials]
    const auto noise = noise_power(s);

    Features f;
    f.reference_power =
        std::max({power.max().item<double>(), noise.max().item<double>() * noise_reference, min_reference});
    const auto weights = envelope_weights(slot_frequencies(s.partials, s.f0), s.f0).to(options);
    const auto totals = weights.sum(0);
    const auto envelope = torch::mm(power.slice(1, 0, slots), weights / totals.clamp_min(1e-6)) / f.reference_power;
    auto first = torch::full({power.size(0), low_partials}, feature_floor, options);
    first.slice(1, 0, low).copy_(power_to_db(power.slice(1, 0, low) / f.reference_power));
    f.db = torch::cat({first, power_to_db(envelope), power_to_db(noise * (2 / f.reference_power)),
                       power_to_db(power.slice(1, slots, slots + subharmonic_slots) / f.reference_power)},
                      1)
               .clamp_min(feature_floor)
               .t()
               .contiguous();
    const auto present = torch::cat({torch::ones({low}), torch::zeros({low_partials - low})});
    f.mask = torch::cat(
        {present.to(options), (totals > 1e-3).to(options), torch::ones({noise_bands + subharmonic_slots}, options)});
    f.pan = panning(s);
    return f;
}

Tensor gate_floor(const Tensor& db) { return torch::where(db < gate_knee, db + gate_slope * (db - gate_knee), db); }

FeatureMap::FeatureMap(const PartialTable& table, double f0, torch::Device device) {
    const int slots = table.slots(), low = std::min(slots, low_partials);
    const auto envelope = interpolation_matrix(noise_band_centres(), slot_frequencies(table, f0));
    auto matrix = torch::zeros({feature_count, table.size()});
    matrix.slice(0, low_partials, noise_start).slice(1, 0, slots).copy_(envelope);
    for (int n = 0; n < low; ++n) {
        // A low partial takes its own feature; the last ones crossfade into the envelope where it continues.
        const double own =
            slots > low_partials
                ? 1 - std::clamp((n - (low_partials - crossfade_partials - 1)) / double(crossfade_partials), 0., 1.)
                : 1;
        matrix.slice(1, n, n + 1) *= 1 - own;
        matrix[n][n] = own;
    }
    for (int k = 0; k < subharmonic_slots; ++k) matrix[half_slots_start + k][slots + k] = 1;
    matrix_ = matrix.to(device);
    noise_offset_ = (-noise_width_db() - 10 * std::log10(2)).to(device);
}

Tensor FeatureMap::partials(const Tensor& db) const { return torch::matmul(db.transpose(-1, -2), matrix_); }

Tensor FeatureMap::noise(const Tensor& db) const {
    return db.slice(-2, noise_start, half_slots_start).transpose(-1, -2) + noise_offset_;
}

Tensor normalising_gain(const Tensor& loudness) {
    return (loudness.amax(-1, true) - loudness - level_margin).clamp(0, max_gain);
}

Tensor normalise_level(const Tensor& db, const Tensor& gain) {
    return torch::where(is_audible(db), db + gain.unsqueeze(-2), db);
}

NoteSpectrum features_to_spectrum(const Tensor& db, const Features& like, const PartialTable& table, double f0) {
    const auto device = db.device();
    const FeatureMap map(table, f0, device);
    NoteSpectrum s;
    s.f0 = f0;
    s.partials = table;
    std::vector<float> active(table.active.begin(), table.active.end());
    std::fill(active.end() - table.free, active.end(), 0.f); // the features have none
    const auto pan_at = [&](const std::vector<double>& at) {
        return torch::mm(like.pan.to(device), interpolation_matrix(pan_centres(), at).to(device));
    };
    const auto audible = gate_floor(db);
    const double scale = std::sqrt(like.reference_power);
    const auto amplitude = torch::pow(10, map.partials(audible) / 20) * scale * to_tensor(active).to(device);
    const auto noise = torch::pow(10, map.noise(audible) / 20) * scale;
    s.partial = amplitude.unsqueeze(1) * pan_at(table.hz(f0));
    s.noise = noise.unsqueeze(1) * pan_at(noise_band_centres());
    return s;
}

} // namespace timbrel::models
