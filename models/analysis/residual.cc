#include "models/analysis/residual.h"

#include "models/analysis/analysis.h"
#include "models/analysis/partial_projection.h"
#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

Tensor split(const Tensor& sound, NoteSpectrum& s) {
    const auto p = project(sound, s.f0, s.partials, s.frames());
    const auto active = torch::tensor(p.active).to(sound.device());
    const auto measured = (p.re.square() + p.im.square()).sqrt() * (2 / p.window_sum);
    const auto kept = torch::minimum(s.partial.index_select(2, active).transpose(0, 1), measured);
    s.partial.index_copy_(2, active, kept.transpose(0, 1));
    const auto scale = kept / (measured + 1e-12) * (2 / p.window_sum);
    const auto [cosines, sines] = oscillator_basis(torch::tensor(p.hz, torch::kDouble).to(sound.device()));
    const auto count = int64_t(p.hz.size());
    const auto blocks = torch::addmm(torch::mm((p.re * scale).reshape({-1, count}), cosines),
                                     (p.im * scale).reshape({-1, count}), sines);
    const auto tonal = overlap_add(blocks.view({2, s.frames(), 2 * hop}));
    return sound.slice(1, 0, tonal.size(1)) - tonal;
}

Tensor levels_of(const Tensor& residual) {
    static const auto weights = [] {
        auto w = torch::zeros({hop + 1, noise_bands});
        auto a = w.accessor<float, 2>();
        const double bin = double(model_rate) / (2 * hop);
        for (int b = 0; b < noise_bands; ++b) {
            const double width = std::max(noise_widths()[b], bin);
            for (int i = 0; i <= hop; ++i)
                a[i][b] = float(std::max(0., 1 - std::abs(i * bin - noise_centres()[b]) / width));
        }
        return w / w.sum(0, true);
    }();
    const auto spectra = noise_spectra(torch::constant_pad_nd(residual, {hop, hop}));
    const auto power = torch::matmul(spectra.abs().square(), weights.to(residual.device()));
    return settled((power / (double(hop) * model_rate / 2)).sqrt());
}

Tensor whitened(const Tensor& residual, const Tensor& noise, const Tensor& heard, const Tensor& white) {
    const int64_t hops = noise.size(0) - 1;
    const auto kept = residual.slice(1, 0, hops * hop);
    const auto whole = torch::constant_pad_nd(kept, {0, hops * hop - kept.size(1)});
    const auto share = (levels_of(whole) / noise).clamp(0, 1) * heard;
    const auto flat = gains_at_bins(torch::ones_like(share));
    const auto filling = gains_at_bins((1 - share.square()).sqrt()) / flat, own = gains_at_bins(heard) / flat;
    return noise_spectra(torch::constant_pad_nd(whole, {hop, hop})) * own / gains_at_bins(noise) + filling * white;
}

} // namespace timbrel::models
