// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/time_warp.h"

#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr int taps = 32;
constexpr int phases = 512;

// Rows of taps for the fractions 0, 1/512 … 1; resample_at interpolates neighbouring rows.
const std::vector<float>& kernel() {
    static const auto table = [] {
        const double beta = 9; // of the Kaiser window
        const auto bessel = [](double x) {
            double sum = 1, term = 1;
            for (int k = 1; k < 30; ++k) sum += term *= (x / (2 * k)) * (x / (2 * k));
            return sum;
        };
        std::vector<float> t((phases + 1) * taps);
        for (int p = 0; p <= phases; ++p)
            for (int k = 0; k < taps; ++k) {
                const double d = k - (taps / 2 - 1) - double(p) / phases;
                const double u = d / (taps / 2);
                const double window = std::abs(u) < 1 ? bessel(beta * std::sqrt(1 - u * u)) / bessel(beta) : 0;
                const double s = std::abs(d) < 1e-9 ? 1 : std::sin(std::numbers::pi * d) / (std::numbers::pi * d);
                t[p * taps + k] = float(s * window);
            }
        return t;
    }();
    return table;
}

} // namespace

Tensor resample_at(const Tensor& x, const std::vector<double>& positions) {
    const int64_t channels = x.size(0), n = x.size(1), pad = taps;
    const auto padded = torch::constant_pad_nd(x, {pad, pad}).contiguous();
    auto out = torch::zeros({channels, int64_t(positions.size())});
    const float* table = kernel().data();
    for (int64_t c = 0; c < channels; ++c) {
        const float* in = padded.data_ptr<float>() + c * (n + 2 * pad);
        float* y = out.data_ptr<float>() + c * out.size(1);
        for (size_t i = 0; i < positions.size(); ++i) {
            const double p = positions[i];
            if (p < -taps / 2 || p > double(n + taps / 2 - 1)) continue;
            const double first = std::floor(p), phase = (p - first) * phases;
            const int row = std::min(int(phase), phases - 1);
            const float f = float(phase - row);
            const float *a = table + row * taps, *b = a + taps, *s = in + int64_t(first) + pad - (taps / 2 - 1);
            float sum = 0;
            for (int k = 0; k < taps; ++k) sum += s[k] * (a[k] + f * (b[k] - a[k]));
            y[i] = sum;
        }
    }
    return out;
}

} // namespace timbrel::models
