// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/partial_projection.h"

#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace timbrel::models {
namespace {

constexpr double min_window = .008;                      // seconds; set by hand
constexpr double least_free_window = .08;                // seconds; set by hand
constexpr double longest_window = .34;                   // seconds; set by hand
constexpr double separation = 3;                         // windows times distance of neighbours; set by hand
constexpr double onset_level = .02;                      // of the peak; set by hand
constexpr double least_growth = -.15, most_growth = .05; // of the logarithm of amplitude, per hop; set by hand

// Lengths of the windows of the partials at `hz`, in frames: `base` times powers of two.
std::vector<int64_t> window_lengths(const std::vector<double>& hz, int64_t base) {
    std::vector<double> sorted = hz;
    std::ranges::sort(sorted);
    std::vector<int64_t> lengths;
    for (const double f : hz) {
        const auto at = std::ranges::lower_bound(sorted, f) - sorted.begin();
        double gap = f;
        if (at > 0) gap = std::min(gap, f - sorted[size_t(at) - 1]);
        if (size_t(at) + 1 < sorted.size()) gap = std::min(gap, sorted[size_t(at) + 1] - f);
        int64_t length = base;
        while (double(length) < std::max(separation / gap, least_free_window) * model_rate &&
               double(length) * 2 <= longest_window * model_rate)
            length *= 2;
        lengths.push_back(length);
    }
    return lengths;
}

// The first frame that is audible.
int64_t onset_of(const Tensor& x) {
    const auto loud = x.abs().amax(0) > x.abs().max() * onset_level;
    return loud.to(torch::kInt).argmax().item<int64_t>();
}

// Continues z [2, hops, partials], whose phase is that at each hop, backwards from the middle of the first window of
// `length` frames after the onset, at the growth and the frequency that it has there. Silence before the onset.
void continue_to_onset(Tensor& z, int64_t length, int64_t onset) {
    const int64_t hops = z.size(1), from = (onset + length / 2 + hop - 1) / hop,
                  steps = std::max<int64_t>(2, length / (2 * hop));
    if (from + steps >= hops) return;
    const auto after = z.slice(1, from, from + steps + 1);
    const auto growth =
        (torch::log(z.select(1, from + steps).abs() + 1e-12) - torch::log(z.select(1, from).abs() + 1e-12)) /
        double(steps);
    const auto turn = torch::angle((after.slice(1, 1) * after.slice(1, 0, -1).conj()).sum(1));
    const auto back = (torch::arange(from, torch::kFloat) - double(from)).to(z.device()).view({1, -1, 1});
    const auto level = torch::exp(back * growth.clamp(least_growth, most_growth).unsqueeze(1));
    const auto sounds =
        (torch::arange(from, torch::kFloat) * double(hop) >= double(onset)).to(z.device()).view({1, -1, 1});
    z.slice(1, 0, from).copy_(z.slice(1, from, from + 1) * torch::polar(level * sounds, back * turn.unsqueeze(1)));
}

} // namespace

PartialProjection project_partials(const Tensor& x, double f0, const PartialTable& table, int64_t hops) {
    const auto device = x.device();
    PartialProjection p;
    for (int k = 0; k < table.size(); ++k)
        if (table.active[k]) p.active.push_back(k), p.hz.push_back(table.ratio[k] * f0);
    const auto base = int64_t(std::lround(std::max(table.window_periods() / f0, min_window) * model_rate / 2)) * 2;
    const auto lengths = table.free > 0 ? window_lengths(p.hz, base) : std::vector<int64_t>(p.hz.size(), base);
    const auto count = int64_t(p.hz.size());
    p.re = torch::empty({2, hops, count}, x.options());
    p.im = torch::empty_like(p.re);
    p.window_sum = torch::empty({count}, x.options());
    p.window_sum2 = torch::empty_like(p.window_sum);
    for (const int64_t length : std::set<int64_t>(lengths.begin(), lengths.end())) {
        std::vector<int64_t> members;
        std::vector<double> hz;
        for (size_t k = 0; k < lengths.size(); ++k)
            if (lengths[k] == length) members.push_back(int64_t(k)), hz.push_back(p.hz[k]);
        const auto window = torch::hann_window(length, true, x.options());
        const auto rows = windowed_frames(x, length, hops, window).reshape({2 * hops, length});
        const auto time = (torch::arange(length, torch::kDouble) - double(length / 2)) / double(model_rate);
        const auto angle = torch::outer(time, torch::tensor(hz, torch::kDouble)) * (2 * std::numbers::pi);
        auto re = torch::mm(rows, torch::cos(angle).to(torch::kFloat).to(device)).view({2, hops, -1});
        auto im = torch::mm(rows, torch::sin(angle).to(torch::kFloat).to(device)).view({2, hops, -1});
        if (length > base) {
            auto z = torch::complex(re, -im);
            continue_to_onset(z, length, onset_of(x));
            re = torch::real(z);
            im = -torch::imag(z);
        }
        const auto at = torch::tensor(members).to(device);
        p.re.index_copy_(2, at, re);
        p.im.index_copy_(2, at, im);
        p.window_sum.index_fill_(0, at, window.sum().item<double>());
        p.window_sum2.index_fill_(0, at, window.square().sum().item<double>());
    }
    return p;
}

} // namespace timbrel::models
