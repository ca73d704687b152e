#include "models/morph/corner_note.h"

#include "models/analysis/analysis.h"
#include "models/analysis/residual.h"
#include "models/spectral/transpose.h"

namespace timbrel::models {

CornerNote corner_of(const Tensor& x, double recorded, double f0, int64_t hops, torch::Device device) {
    const auto found = analyse(x, recorded, device);
    CornerNote corner;
    corner.spectrum = found.spectrum;
    corner.vibrato = vibrato_of(found.movement, hops);
    if (nearly_at(corner.spectrum, f0)) {
        const auto residual = split(found.sound.to(device), corner.spectrum);
        corner.spectrum.noise = levels_of(residual);
        corner.residual = residual.slice(1, 0, hops * hop).clone();
    }
    corner.spectrum = transposed(corner.spectrum, f0);
    return corner;
}

void amplify(CornerNote& corner, double gain) {
    corner.spectrum.partial *= gain;
    corner.spectrum.noise *= gain;
    if (corner.residual.defined()) corner.residual *= gain;
}

} // namespace timbrel::models
