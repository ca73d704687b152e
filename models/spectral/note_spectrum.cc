// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/spectral/note_spectrum.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

std::vector<double> PartialTable::hz(double f0) const {
    std::vector<double> result;
    for (double r : ratio) result.push_back(r * f0);
    return result;
}

void PartialTable::add_free(double free_ratio, bool is_active) {
    ratio.push_back(free_ratio);
    active.push_back(is_active);
    ++free;
}

int harmonic_slots(double f0) { return std::min(int(20000 / f0), max_harmonic_slots); }

PartialTable harmonic_table(double f0) {
    PartialTable t;
    for (int n = 1; n <= harmonic_slots(f0); ++n) t.ratio.push_back(n);
    t.active.assign(t.ratio.size(), true);
    for (int k = 0; k < subharmonic_slots; ++k) t.ratio.push_back(k + 0.5);
    t.active.resize(t.ratio.size(), false);
    return t;
}

std::vector<double> erb_points(int n, double low, double high) {
    std::vector<double> hz(n);
    for (int i = 0; i < n; ++i) {
        const double from = hertz_to_erb_number(low), to = hertz_to_erb_number(high);
        hz[i] = erb_number_to_hertz(from + (to - from) * i / (n - 1));
    }
    return hz;
}

const std::vector<double>& noise_band_centres() {
    static const auto centres = erb_points(noise_bands, 30, 20000);
    return centres;
}

const std::vector<double>& noise_band_widths() {
    static const auto widths = [] {
        const auto& c = noise_band_centres();
        std::vector<double> w(c.size());
        for (size_t i = 0; i < c.size(); ++i) {
            const size_t lo = i ? i - 1 : 0, hi = std::min(i + 1, c.size() - 1);
            w[i] = (c[hi] - c[lo]) / double(hi - lo);
        }
        return w;
    }();
    return widths;
}

Tensor interpolation_matrix(const std::vector<double>& from, const std::vector<double>& to) {
    auto m = torch::zeros({int64_t(from.size()), int64_t(to.size())});
    auto a = m.accessor<float, 2>();
    for (size_t k = 0; k < to.size(); ++k) {
        const auto above = std::upper_bound(from.begin(), from.end(), to[k]);
        const size_t hi = std::clamp<size_t>(above - from.begin(), 1, std::max<size_t>(from.size() - 1, 1));
        if (from.size() == 1) {
            a[0][k] = 1;
            continue;
        }
        const double x = std::clamp((to[k] - from[hi - 1]) / (from[hi] - from[hi - 1]), 0.0, 1.0);
        a[hi - 1][k] += float(1 - x);
        a[hi][k] += float(x);
    }
    return m;
}

} // namespace timbrel::models
