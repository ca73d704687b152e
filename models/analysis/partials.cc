// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/partials.h"

#include "common/stats.h"
#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int64_t window = 32768, fft_size = 1 << 16;
constexpr int64_t excerpt_starts[] = {2000, 20000, 50000};    // audio frames
constexpr double bin_spacing = double(model_rate) / fft_size; // Hz

constexpr double search_range = .46; // of f0 to either side: less than half, so that the skirt of a strong sub-octave
                                     // is not taken for the partial of this slot
constexpr double min_power = 1e-7;   // of a reliable peak, relative to the strongest
constexpr double prominent = 20, visible = 15; // dB over the median of the slot
constexpr double max_misfit = .25;             // in multiples of f0
constexpr double min_stiffness = 1e-6, stiffness_range = 3000;
constexpr int stiffness_steps = 60;
constexpr double least_stretch = 3e-6; // B, below which a note is taken as harmonic
constexpr double stiff_misfit = .6;    // of the harmonic model's misfit, below which a string is stiff
constexpr double modal_misfit = .5;    // likewise, above which stiffness does not explain a bell
constexpr int min_reliable = 5;        // more peaks than this support a stiffness
constexpr int modal_slots = 40;        // slots that decide whether a note is modal
constexpr double strong_power = 1e-4;  // relative to the strongest
constexpr double min_offset = .04, min_relative_offset = .006; // detuned pads spread a little around every partial
constexpr double modal_fraction = .3;                          // of the strong partials

constexpr double sub_width = .05;      // of f0: half width of the search for a partial between the harmonics
constexpr double sub_prominence = 30;  // power over the median around it
constexpr double quarter_power = 1e-2; // relative to the strongest bin, for partials at quarters of f0
constexpr double sub_power = 1e-5;     // likewise, for a half slot

// Power spectra of three excerpts of the note, summed: [fft_size / 2 + 1]. `equal_weight` divides each by its maximum,
// so that partials that sound only at the start or only later count as much.
Tensor long_spectrum(const Tensor& mono, bool equal_weight) {
    auto sum = torch::zeros({fft_size / 2 + 1});
    for (int64_t start : excerpt_starts) {
        if (start >= mono.size(0)) break;
        auto s = mono.slice(0, start, std::min(start + window, mono.size(0)));
        s = torch::constant_pad_nd(s, {0, window - s.size(0)});
        const auto power = torch::fft_rfft(s * torch::hann_window(window, false), fft_size).abs().square();
        sum += equal_weight ? power / (power.max() + 1e-20) : power;
    }
    return sum.contiguous();
}

struct Peak {
    double offset = 0; // from the harmonic frequency, in multiples of f0
    double power = 0;
    double prominence = 0; // dB over the median of its slot
};

struct Peaks {
    std::vector<Peak> slots; // slot n − 1 around the harmonic n
    double strongest = 0;    // power

    bool reliable(const Peak& p, double prominence) const {
        return p.power > strongest * min_power && p.prominence > prominence;
    }
};

Peaks find_peaks(const Tensor& spectrum, double f0, int slots) {
    const float* s = spectrum.data_ptr<float>();
    const int64_t bins = spectrum.size(0);
    Peaks peaks{std::vector<Peak>(slots), 0};
    for (int k = 1; k <= slots; ++k) {
        const auto lo = int64_t((k - search_range) * f0 / bin_spacing),
                   hi = int64_t((k + search_range) * f0 / bin_spacing);
        if (hi >= bins - 1) break;
        int64_t top = -1;
        for (int64_t i = std::max<int64_t>(lo, 1); i < hi; ++i)
            if (s[i] > s[i - 1] && s[i] >= s[i + 1] && (top < 0 || s[i] > s[top])) top = i;
        if (top < 0) continue;
        // The vertex of a parabola through the logarithms of three bins.
        const double l = std::log(s[top - 1] + 1e-30), m = std::log(s[top] + 1e-30), r = std::log(s[top + 1] + 1e-30);
        const double shift = std::clamp(.5 * (l - r) / (l - 2 * m + r - 1e-12), -.5, .5);
        const double middle = median(std::vector<float>(s + lo, s + hi)) + 1e-30;
        peaks.slots[k - 1] = {(double(top) + shift) * bin_spacing / f0 - k, s[top],
                              power_to_db(s[top] / middle + 1e-30)};
    }
    for (const auto& p : peaks.slots) peaks.strongest = std::max(peaks.strongest, p.power);
    return peaks;
}

// By how many multiples of f0 the partial n of a stiff string lies above the harmonic.
double stretch(int n, double stiffness) { return n * (std::sqrt(1 + stiffness * n * n) - 1); }

// Weighted distance of the peaks from the partials of a string. High partials of a stiff string lie whole slots above
// their harmonics, so each peak is compared with the nearest partial.
double misfit(const Peaks& peaks, double stiffness) {
    double sum = 0;
    int number = 1;
    for (int n = 1; n <= int(peaks.slots.size()); ++n) {
        const auto& p = peaks.slots[n - 1];
        const auto distance = [&](int m) { return std::abs(n + p.offset - m - stretch(m, stiffness)); };
        while (distance(number + 1) < distance(number)) ++number;
        if (peaks.reliable(p, prominent)) sum += std::pow(p.power, .25) * std::min(distance(number), max_misfit);
    }
    return sum;
}

struct StiffnessFit {
    double stiffness = 0; // B of the best model
    double misfit = 0;    // of that model
    double harmonic_misfit = 0;
};

StiffnessFit fit_stiffness(const Peaks& peaks) {
    StiffnessFit fit;
    fit.misfit = fit.harmonic_misfit = misfit(peaks, 0);
    for (int i = 0; i < stiffness_steps; ++i) {
        const double b = min_stiffness * std::pow(stiffness_range, i / (stiffness_steps - 1.0)), e = misfit(peaks, b);
        if (e < fit.misfit) fit.stiffness = b, fit.misfit = e;
    }
    return fit;
}

// Offsets of the slots from the harmonics, in multiples of f0.
std::vector<double> find_offsets(const Tensor& mono, double f0, int slots, Modal modal_allowed) {
    const auto peaks = find_peaks(long_spectrum(mono, true), f0, slots);
    const auto fit = fit_stiffness(peaks);
    int reliable_count = 0, strong = 0, displaced = 0;
    for (int n = 1; n <= slots; ++n) {
        const auto& p = peaks.slots[n - 1];
        reliable_count += peaks.reliable(p, prominent);
        if (!peaks.reliable(p, visible) || n > modal_slots || p.power < peaks.strongest * strong_power) continue;
        ++strong;
        displaced += std::abs(p.offset) > min_offset && std::abs(p.offset) / n > min_relative_offset;
    }
    std::vector<double> offsets(slots, 0.0);
    const bool modal = modal_allowed == Modal::yes && strong && displaced > modal_fraction * strong &&
                       (fit.misfit > modal_misfit * fit.harmonic_misfit || reliable_count <= min_reliable);
    if (modal) {
        for (int n = 1; n <= slots; ++n) {
            const auto& p = peaks.slots[n - 1];
            offsets[n - 1] = peaks.reliable(p, visible) ? p.offset : 0;
        }
    } else if (fit.stiffness > least_stretch && fit.misfit < stiff_misfit * fit.harmonic_misfit &&
               reliable_count > min_reliable) {
        for (int n = 1; n <= slots; ++n) offsets[n - 1] = stretch(n, fit.stiffness);
    }
    return offsets;
}

// Partials below and between the harmonics: multiples of half the fundamental or, as in organs with a 16' and a 32'
// stop, of a quarter.
struct HalfSlots {
    std::vector<double> ratio;
    std::vector<bool> active;
};

HalfSlots find_half_slots(const Tensor& mono, double f0) {
    const auto spectrum = long_spectrum(mono, false);
    const float* s = spectrum.data_ptr<float>();
    const double strongest = spectrum.max().item<float>();
    const auto sounds = [&](double ratio, double least) {
        const double centre = ratio * f0 / bin_spacing, width = std::max(sub_width * f0 / bin_spacing, 2.);
        if (centre + 4 * width >= double(spectrum.size(0)) || centre < 4 * width) return false;
        const double peak = *std::max_element(s + int64_t(centre - width), s + int64_t(centre + width) + 2);
        const double around =
            median(std::vector<float>(s + int64_t(centre - 4 * width), s + int64_t(centre + 4 * width) + 1));
        return peak > strongest * least && peak > sub_prominence * around;
    };
    HalfSlots found;
    const bool quarters = sounds(.25, quarter_power) || sounds(.75, quarter_power);
    for (double r = .25; int(found.ratio.size()) < subharmonic_slots; r += .25)
        if (r != std::floor(r) && (quarters || std::fmod(r, .5) == 0)) found.ratio.push_back(r);
    int low = 0, all = 0;
    for (int k = 0; k < subharmonic_slots; ++k) {
        found.active.push_back(sounds(found.ratio[k], sub_power));
        low += found.active[k] && k < 4;
        all += found.active[k];
    }
    if (low < 1 || all < 2) found.active.assign(subharmonic_slots, false);
    return found;
}

} // namespace

PartialTable find_partials(const Tensor& mono, double f0, Modal modal) {
    auto table = harmonic_table(f0);
    const int slots = table.slots();
    const auto offsets = find_offsets(mono, f0, slots, modal);
    for (int n = 0; n < slots; ++n) {
        table.ratio[n] += offsets[n];
        table.active[n] = table.ratio[n] * f0 < max_partial_hz;
    }
    const auto found = find_half_slots(mono, f0);
    for (int k = 0; k < subharmonic_slots; ++k) {
        table.ratio[slots + k] = found.ratio[k];
        table.active[slots + k] = found.active[k];
    }
    return table;
}

} // namespace timbrel::models
