#include "models/network/note_features.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double largest_rise = 40; // dB
constexpr int halves_start = noise_start + noise_bands;

Tensor decibels(const Tensor& power) { return 10 * torch::log10(power + 1e-12); }

// Rows: partials; columns: envelope points. Triangles at least one partial spacing wide.
Tensor envelope_weights(const std::vector<double>& hz, double f0) {
    const auto& points = noise_centres();
    auto m = torch::zeros({int64_t(hz.size()), envelope_points});
    auto a = m.accessor<float, 2>();
    for (int j = 0; j < envelope_points; ++j) {
        const double lo = points[std::max(j - 1, 0)], hi = points[std::min(j + 1, envelope_points - 1)];
        const double width = std::max((hi - lo) / 2, f0);
        for (size_t k = 0; k < hz.size(); ++k) a[k][j] = float(std::max(0.0, 1 - std::abs(hz[k] - points[j]) / width));
    }
    return m;
}

const std::vector<double>& pan_centres() {
    static const auto centres = [] {
        const auto edges = erb_points(pan_bands + 1, 60, 20000);
        std::vector<double> c;
        for (int b = 0; b < pan_bands; ++b) c.push_back(std::sqrt(edges[b] * edges[b + 1]));
        return c;
    }();
    return centres;
}

// Energy of partials and noise in each channel, gathered into the bands that are nearest.
Tensor panning(const NoteSpectrum& s) {
    std::vector<double> hz;
    for (double r : s.partials.ratio) hz.push_back(r * s.f0);
    const auto gather = [&](const Tensor& energy, const std::vector<double>& at) {
        return torch::mm(energy, interpolation_matrix(pan_centres(), at).t().to(energy.device()));
    };
    const auto widths = tensor_of(noise_widths()).to(s.noise.device());
    auto energy = gather(s.partial.square().sum(0) / 2, hz) + gather(s.noise.square().sum(0) * widths, noise_centres());
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
    for (double w : noise_widths()) db.push_back(10 * std::log10(w));
    return tensor_of(db);
}

} // namespace

Features features_of(const NoteSpectrum& s) {
    const auto options = s.partial.options();
    const int slots = s.partials.slots(), low = std::min(slots, low_partials);
    std::vector<float> active(s.partials.active.begin(), s.partials.active.end());
    const auto power = s.partial.square().mean(1) * tensor_of(active).to(options); // [frames, partials]
    const auto widths = tensor_of(noise_widths()).to(options);
    auto noise = s.noise.square().mean(1) * widths;
    // Below 80 Hz the long window's side lobes read as noise.
    const auto low_band =
        std::lower_bound(noise_centres().begin(), noise_centres().end(), 80.) - noise_centres().begin();
    const auto rumble = s.noise.square().mean(1).slice(1, 0, low_band);
    const auto ceiling = s.noise.square().mean(1).slice(1, low_band, low_band + 1);
    noise.slice(1, 0, low_band).copy_(torch::minimum(rumble, ceiling) * widths.slice(0, 0, low_band));

    Features f;
    // A sound of noise alone has no loudest partial; its noise then sets the scale.
    f.reference = std::max({power.max().item<double>(), noise.max().item<double>() * .02, 1e-12});
    const auto weights = envelope_weights(slot_frequencies(s.partials, s.f0), s.f0).to(options);
    const auto totals = weights.sum(0);
    const auto envelope = torch::mm(power.slice(1, 0, slots), weights / totals.clamp_min(1e-6)) / f.reference;
    auto first = torch::full({power.size(0), low_partials}, feature_floor, options);
    first.slice(1, 0, low).copy_(decibels(power.slice(1, 0, low) / f.reference));
    f.db = torch::cat({first, decibels(envelope), decibels(noise * (2 / f.reference)),
                       decibels(power.slice(1, slots) / f.reference)},
                      1)
               .clamp_min(feature_floor)
               .t()
               .contiguous();
    const auto present = torch::cat({torch::ones({low}), torch::zeros({low_partials - low})});
    f.mask = torch::cat(
        {present.to(options), (totals > 1e-3).to(options), torch::ones({noise_bands + half_slots}, options)});
    f.pan = panning(s);
    return f;
}

Tensor gated(const Tensor& db) { return torch::where(db < -78, db + 5 * (db + 78), db); }

FeatureMap::FeatureMap(const PartialTable& table, double f0, torch::Device device) {
    const int slots = table.slots(), low = std::min(slots, low_partials);
    const auto envelope = interpolation_matrix(noise_centres(), slot_frequencies(table, f0));
    auto spread = torch::zeros({feature_count, table.size()});
    spread.slice(0, low_partials, noise_start).slice(1, 0, slots).copy_(envelope);
    for (int n = 0; n < low; ++n) {
        // Where both speak for a partial, hand over from the partial's own number to the envelope.
        const double own = slots > low_partials ? 1 - std::clamp((n - (low_partials - 9)) / 8., 0., 1.) : 1;
        spread.slice(1, n, n + 1) *= 1 - own;
        spread[n][n] = own;
    }
    for (int k = 0; k < half_slots; ++k) spread[halves_start + k][slots + k] = 1;
    spread_ = spread.to(device);
    noise_offset_ = (-noise_width_db() - 10 * std::log10(2)).to(device);
}

Tensor FeatureMap::partials(const Tensor& db) const { return torch::matmul(db.transpose(-1, -2), spread_); }

Tensor FeatureMap::noise(const Tensor& db) const {
    return db.slice(-2, noise_start, halves_start).transpose(-1, -2) + noise_offset_;
}

Tensor rise_of(const Tensor& loudness) { return (loudness.amax(-1, true) - loudness - 6).clamp(0, largest_rise); }

Tensor raised(const Tensor& db, const Tensor& rise) {
    return torch::where(db > feature_floor + .5, db + rise.unsqueeze(-2), db);
}

NoteSpectrum spectrum_of(const Tensor& db, const Features& like, const PartialTable& table, double f0) {
    const auto device = db.device();
    const FeatureMap map(table, f0, device);
    NoteSpectrum s;
    s.f0 = f0;
    s.partials = table;
    std::vector<float> active(table.active.begin(), table.active.end());
    std::vector<double> hz;
    for (double r : table.ratio) hz.push_back(r * f0);
    const auto place = [&](const std::vector<double>& at) {
        return torch::mm(like.pan.to(device), interpolation_matrix(pan_centres(), at).to(device));
    };
    const auto heard = gated(db);
    const double scale = std::sqrt(like.reference);
    const auto amplitude = torch::pow(10, map.partials(heard) / 20) * scale * tensor_of(active).to(device);
    const auto noise = torch::pow(10, map.noise(heard) / 20) * scale;
    s.partial = amplitude.unsqueeze(1) * place(hz);
    s.noise = noise.unsqueeze(1) * place(noise_centres());
    return s;
}

} // namespace timbrel::models
