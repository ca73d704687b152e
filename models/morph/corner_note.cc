// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/corner_note.h"

#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/analysis/residual.h"
#include "models/spectral/transpose.h"

namespace timbrel::models {

CornerNote make_corner_note(const Tensor& x, double recorded, double f0, int64_t hops, torch::Device device,
                            const CornerNote* layer) {
    const auto found = analyse(x, recorded, device, layer ? &layer->spectrum.partials : nullptr);
    CornerNote corner;
    corner.spectrum = found.spectrum;
    corner.pitch = pitch_movement(found, hops);
    corner.tuning = ratio_to_cents(found.spectrum.f0 / recorded);
    if (within_quarter_tone(corner.spectrum, f0)) {
        const auto residual = split_residual(found.sound.to(device), corner.spectrum);
        corner.spectrum.noise = residual_noise_levels(residual);
        corner.residual = residual.slice(1, 0, hops * hop).clone();
    }
    corner.spectrum = transposed(corner.spectrum, f0);
    return corner;
}

void apply_gain(CornerNote& corner, double gain) {
    corner.spectrum.partial *= gain;
    corner.spectrum.noise *= gain;
    if (corner.residual.defined()) corner.residual *= gain;
}

} // namespace timbrel::models
