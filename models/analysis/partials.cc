#include "models/analysis/partials.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int64_t window = 32768, fft_size = 1 << 16;

// Power spectra of three stretches of the note, summed; `levelled` gives each the same weight, so that what sounds
// only at the start or only later counts as much.
Tensor long_spectrum(const Tensor& mono, bool levelled) {
    auto sum = torch::zeros({fft_size / 2 + 1});
    for (int64_t start : {2000, 20000, 50000}) {
        if (start >= mono.size(0)) break;
        auto s = mono.slice(0, start, std::min(start + window, mono.size(0)));
        s = torch::constant_pad_nd(s, {0, window - s.size(0)});
        const auto power = torch::fft_rfft(s * torch::hann_window(window, false), fft_size).abs().square();
        sum += levelled ? power / (power.max() + 1e-20) : power;
    }
    return sum.contiguous();
}

double median(std::vector<float> v) {
    std::nth_element(v.begin(), v.begin() + int64_t(v.size()) / 2, v.end());
    return v[v.size() / 2];
}

struct Peak {
    double offset = 0; // from the harmonic place, in multiples of f0
    double power = 0;
    double above = 0; // dB over the median of its slot
};

std::vector<Peak> find_peaks(const Tensor& spectrum, double f0, int slots) {
    const float* s = spectrum.data_ptr<float>();
    const int64_t bins = spectrum.size(0);
    const double df = double(model_rate) / fft_size;
    std::vector<Peak> peaks(slots);
    for (int k = 1; k <= slots; ++k) {
        // A little short of half way, so that a strong sub-octave's skirt does not pass for this slot's own partial.
        const auto lo = int64_t((k - .46) * f0 / df), hi = int64_t((k + .46) * f0 / df);
        if (hi >= bins - 1) break;
        int64_t top = -1;
        for (int64_t i = std::max<int64_t>(lo, 1); i < hi; ++i)
            if (s[i] > s[i - 1] && s[i] >= s[i + 1] && (top < 0 || s[i] > s[top])) top = i;
        if (top < 0) continue;
        const double l = std::log(s[top - 1] + 1e-30), m = std::log(s[top] + 1e-30), r = std::log(s[top + 1] + 1e-30);
        const double shift = std::clamp(.5 * (l - r) / (l - 2 * m + r - 1e-12), -.5, .5);
        const double middle = median({s + lo, s + hi}) + 1e-30;
        peaks[k - 1] = {(double(top) + shift) * df / f0 - k, s[top], 10 * std::log10(s[top] / middle + 1e-30)};
    }
    return peaks;
}

double stretch(int n, double stiffness) { return n * (std::sqrt(1 + stiffness * n * n) - 1); }

// Offsets of the slots from their harmonic places.
std::vector<double> find_offsets(const Tensor& mono, double f0, int slots) {
    const auto peaks = find_peaks(long_spectrum(mono, true), f0, slots);
    double loudest = 0;
    for (const auto& p : peaks) loudest = std::max(loudest, p.power);
    const auto reliable = [&](const Peak& p, double above) { return p.power > loudest * 1e-7 && p.above > above; };

    // A stiff string's high partials lie whole slots above their harmonic places: each peak counts by its distance to
    // the nearest place.
    const auto misfit = [&](double stiffness) {
        double sum = 0;
        int number = 1;
        for (int n = 1; n <= slots; ++n) {
            const auto& p = peaks[n - 1];
            const auto distance = [&](int m) { return std::abs(n + p.offset - m - stretch(m, stiffness)); };
            while (distance(number + 1) < distance(number)) ++number;
            if (reliable(p, 20)) sum += std::pow(p.power, .25) * std::min(distance(number), .25);
        }
        return sum;
    };
    const double harmonic = misfit(0);
    double best = 0, least = harmonic;
    for (int i = 0; i < 60; ++i) {
        const double b = 1e-6 * std::pow(3000.0, i / 59.0), e = misfit(b);
        if (e < least) best = b, least = e;
    }
    int reliable_count = 0, strong = 0, astray = 0;
    for (int n = 1; n <= slots; ++n) {
        const auto& p = peaks[n - 1];
        reliable_count += reliable(p, 20);
        if (!reliable(p, 15) || n > 40 || p.power < loudest * 1e-4) continue;
        ++strong;
        // Detuned pads spread a little around every partial; only offsets large for their number speak of a bell.
        astray += std::abs(p.offset) > .04 && std::abs(p.offset) / n > .006;
    }
    std::vector<double> offsets(slots, 0.0);
    const bool modal = strong && astray > .3 * strong && (least > .5 * harmonic || reliable_count <= 5);
    if (modal)
        for (int n = 1; n <= slots; ++n) offsets[n - 1] = reliable(peaks[n - 1], 15) ? peaks[n - 1].offset : 0;
    else if (best > 3e-6 && least < .6 * harmonic && reliable_count > 5)
        for (int n = 1; n <= slots; ++n) offsets[n - 1] = stretch(n, best);
    return offsets;
}

// What sounds below and between the harmonics: multiples of half the fundamental or, as in organs with a 16' and a 32'
// stop, of a quarter.
struct SubSlots {
    std::vector<double> ratio;
    std::vector<bool> on;
};

SubSlots find_sub_slots(const Tensor& mono, double f0) {
    const auto spectrum = long_spectrum(mono, false);
    const float* s = spectrum.data_ptr<float>();
    const double df = double(model_rate) / fft_size, loudest = spectrum.max().item<float>();
    const auto sounds = [&](double ratio, double least) {
        const double centre = ratio * f0 / df, width = std::max(.05 * f0 / df, 2.);
        if (centre + 4 * width >= double(spectrum.size(0)) || centre < 4 * width) return false;
        const double peak = *std::max_element(s + int64_t(centre - width), s + int64_t(centre + width) + 2);
        const double around = median({s + int64_t(centre - 4 * width), s + int64_t(centre + 4 * width) + 1});
        return peak > loudest * least && peak > 30 * around;
    };
    SubSlots sub;
    const bool quarters = sounds(.25, 1e-2) || sounds(.75, 1e-2);
    for (double r = .25; int(sub.ratio.size()) < half_slots; r += .25)
        if (r != std::floor(r) && (quarters || std::fmod(r, .5) == 0)) sub.ratio.push_back(r);
    int low = 0, all = 0;
    for (int k = 0; k < half_slots; ++k) {
        sub.on.push_back(sounds(sub.ratio[k], 1e-5));
        low += sub.on[k] && k < 4;
        all += sub.on[k];
    }
    if (low < 1 || all < 2) sub.on.assign(half_slots, false);
    return sub;
}

} // namespace

PartialTable find_partials(const Tensor& mono, double f0) {
    auto table = harmonic_table(f0);
    const int slots = table.slots();
    const auto offsets = find_offsets(mono, f0, slots);
    for (int n = 0; n < slots; ++n) {
        table.ratio[n] += offsets[n];
        table.active[n] = table.ratio[n] * f0 < highest_partial;
    }
    const auto sub = find_sub_slots(mono, f0);
    for (int k = 0; k < half_slots; ++k) {
        table.ratio[slots + k] = sub.ratio[k];
        table.active[slots + k] = sub.on[k];
    }
    return table;
}

} // namespace timbrel::models
