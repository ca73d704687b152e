// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/free_partials.h"

#include "common/stats.h"
#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int64_t window = 32768, fft_size = 1 << 16;
constexpr int64_t excerpt_starts[] = {2000, 20000, 50000};    // audio frames
constexpr double bin_spacing = double(model_rate) / fft_size; // Hz
constexpr double lowest_hz = 30, highest_hz = 18000;

constexpr int64_t block = 256;                 // bins, of which the floor is the median
constexpr double above_floor = 25;             // dB, of a partial
constexpr double least_power = 3e-7;           // relative to the strongest
constexpr int64_t flank = 12;                  // bins to either side, within which a peak falls by …
constexpr double flank_fall = 10;              // … this ratio of power
constexpr double same_cents = 35, same_hz = 6; // nearer partials are one that beats

constexpr double far_cents = 110, far_hz = 10;     // together, from all near-harmonic partials: more than a vibrato
constexpr double inharmonic_power = .02;           // of all peaks' power, in those that are far
constexpr double slot_cents = 35, slot_range = .1; // from a harmonic; multiples of f0

struct Peak {
    double hz, power;
};

// Power spectra of three excerpts, summed: late ones are raised by half of the decibels by which they are weaker, so
// that what dies away soon and what lasts both count.
Tensor excerpt_spectrum(const Tensor& mono) {
    std::vector<Tensor> powers;
    double strongest = 1e-20;
    for (const int64_t start : excerpt_starts) {
        if (start >= mono.size(0)) break;
        auto s = mono.slice(0, start, std::min(start + window, mono.size(0)));
        s = torch::constant_pad_nd(s, {0, window - s.size(0)});
        powers.push_back(torch::fft_rfft(s * torch::hann_window(window, false), fft_size).abs().square());
        strongest = std::max(strongest, powers.back().max().item<double>());
    }
    auto sum = torch::zeros({fft_size / 2 + 1});
    for (const auto& power : powers) sum += power * std::sqrt(strongest / (power.max().item<double>() + 1e-20));
    return sum.contiguous();
}

// The floor around each bin: the median of its block.
std::vector<double> block_floors(const float* s, int64_t bins) {
    std::vector<double> floors;
    for (int64_t from = 0; from < bins; from += block)
        floors.push_back(median(std::vector<float>(s + from, s + std::min(from + block, bins))));
    return floors;
}

bool stands_out(const float* s, int64_t top) {
    const auto least = [&](int64_t from, int64_t to) { return *std::min_element(s + from, s + to); };
    return least(top - flank, top) * flank_fall < s[top] && least(top + 1, top + flank + 1) * flank_fall < s[top];
}

// All partials, the strongest first.
std::vector<Peak> find_peaks(const Tensor& spectrum) {
    const float* s = spectrum.data_ptr<float>();
    const auto floors = block_floors(s, spectrum.size(0));
    const double least = spectrum.max().item<double>() * least_power;
    std::vector<Peak> peaks;
    for (auto i = int64_t(lowest_hz / bin_spacing); i < int64_t(highest_hz / bin_spacing); ++i) {
        if (s[i] <= s[i - 1] || s[i] < s[i + 1] || s[i] < least || !stands_out(s, i)) continue;
        if (s[i] < db_to_power(above_floor) * floors[size_t(i / block)]) continue;
        const double l = std::log(s[i - 1] + 1e-30), m = std::log(s[i] + 1e-30), r = std::log(s[i + 1] + 1e-30);
        const double shift = std::clamp(.5 * (l - r) / (l - 2 * m + r - 1e-12), -.5, .5);
        peaks.push_back({(double(i) + shift) * bin_spacing, s[i]});
    }
    std::ranges::sort(peaks, std::greater{}, &Peak::power);
    std::vector<Peak> kept;
    for (const Peak& p : peaks)
        if (std::ranges::none_of(kept, [&](const Peak& k) {
                return std::abs(p.hz - k.hz) < same_hz || std::abs(ratio_to_cents(p.hz / k.hz)) < same_cents;
            }))
            kept.push_back(p);
    return kept;
}

bool is_inharmonic(const std::vector<Peak>& peaks, const PartialTable& found, double f0, double nominal) {
    double far = 0, all = 1e-20;
    for (const Peak& p : peaks) {
        const auto is_near = [&](double hz) {
            return std::abs(p.hz - hz) < p.hz * (cents_to_ratio(far_cents) - 1) + far_hz;
        };
        bool near = is_near(std::max(1., std::round(p.hz / nominal)) * nominal);
        for (int k = 0; k < found.size(); ++k) near |= found.active[k] && is_near(found.ratio[k] * f0);
        all += p.power;
        if (!near) far += p.power;
    }
    return far > inharmonic_power * all;
}

} // namespace

std::optional<PartialTable> find_inharmonic_partials(const Tensor& mono, const PartialTable& found, double f0,
                                                     double nominal) {
    const auto peaks = find_peaks(excerpt_spectrum(mono));
    if (!is_inharmonic(peaks, found, f0, nominal)) return {};
    PartialTable table = found;
    table.active.assign(table.active.size(), false);
    for (const Peak& p : peaks) {
        const double ratio = p.hz / nominal, harmonic = std::round(ratio);
        const auto slot = size_t(harmonic) - 1;
        if (harmonic >= 1 && int(harmonic) <= table.slots() && !table.active[slot] &&
            std::abs(ratio - harmonic) < slot_range && std::abs(ratio_to_cents(ratio / harmonic)) < slot_cents) {
            table.ratio[slot] = ratio;
            table.active[slot] = true;
        } else if (size_t(table.free) < max_free_partials) {
            table.add_free(ratio, true);
        }
    }
    if (table.free == 0) return {}; // the near-harmonic slots take all partials
    for (int n = 0; n < table.slots(); ++n)
        if (!table.active[n]) table.ratio[n] = n + 1;
    return table;
}

} // namespace timbrel::models
