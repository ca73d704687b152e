// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/residual.h"

#include "models/analysis/analysis.h"
#include "models/analysis/partial_projection.h"
#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

Tensor without_partials(const Tensor& sound, const PartialProjection& p, const Tensor& amplitude) {
    const auto unit = 2 / p.window_sum;
    const auto scale = amplitude / ((p.re.square() + p.im.square()).sqrt() * unit + 1e-12) * unit;
    const auto partials =
        oscillator_sum(p.re * scale, -p.im * scale, torch::tensor(p.hz, torch::kDouble).to(sound.device()));
    return sound.slice(1, 0, partials.size(1)) - partials;
}

Tensor split_residual(const Tensor& sound, NoteSpectrum& s) {
    const auto p = project_partials(sound, s.f0, s.partials, s.frames());
    const auto active = torch::tensor(p.active).to(sound.device());
    const auto measured = (p.re.square() + p.im.square()).sqrt() * (2 / p.window_sum);
    const auto kept = torch::minimum(s.partial.index_select(2, active).transpose(0, 1), measured);
    s.partial.index_copy_(2, active, kept.transpose(0, 1));
    return without_partials(sound, p, kept);
}

Tensor residual_noise_levels(const Tensor& residual) {
    static const auto weights = [] {
        auto w = torch::zeros({hop + 1, noise_bands});
        auto a = w.accessor<float, 2>();
        const double bin = double(model_rate) / (2 * hop);
        for (int b = 0; b < noise_bands; ++b) {
            const double width = std::max(noise_band_widths()[b], bin);
            for (int i = 0; i <= hop; ++i)
                a[i][b] = float(std::max(0., 1 - std::abs(i * bin - noise_band_centres()[b]) / width));
        }
        return w / w.sum(0, true);
    }();
    const auto spectra = noise_stft(torch::constant_pad_nd(residual, {hop, hop}));
    const auto power = torch::matmul(spectra.abs().square(), weights.to(residual.device()));
    return smooth_noise((power / (double(hop) * model_rate / 2)).sqrt());
}

Tensor whiten_residual(const Tensor& residual, const Tensor& noise, const Tensor& audible, const Tensor& white) {
    const int64_t hops = noise.size(0) - 1;
    const auto kept = residual.slice(1, 0, hops * hop);
    const auto padded = torch::constant_pad_nd(kept, {0, hops * hop - kept.size(1)});
    const auto own_part = (residual_noise_levels(padded) / noise).clamp(0, 1) * audible;
    const auto flat_gains = band_gains_at_bins(torch::ones_like(own_part));
    const auto white_gains = band_gains_at_bins((1 - own_part.square()).sqrt()) / flat_gains;
    const auto residual_gains = band_gains_at_bins(audible) / flat_gains;
    return noise_stft(torch::constant_pad_nd(padded, {hop, hop})) * residual_gains / band_gains_at_bins(noise) +
           white_gains * white;
}

} // namespace timbrel::models
