// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/autoencoder_model.h"

namespace timbrel::models {
namespace {

Tensor conditioning_of(int64_t count, const NoteConditions& conditions, torch::Device device) {
    return make_conditioning(torch::full({count}, conditions.f0), torch::full({count}, conditions.velocity)).to(device);
}

} // namespace

Tensor AutoencoderModel::encode(const Tensor& levels, const Tensor& mask, const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    return network_->encode(to_network_units(levels), mask,
                            conditioning_of(levels.size(0), conditions, levels.device()));
}

Tensor AutoencoderModel::decode(const Tensor& latents, const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    return from_network_units(
        network_->decode(latents.contiguous(), conditioning_of(latents.size(0), conditions, latents.device())));
}

MixtureLevels AutoencoderModel::decode_mixture(const EncodedNotes& notes, const Tensor& weights,
                                               const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    const auto positions = weights.size(0);
    const auto each = [&](const Tensor& t) { return t.unsqueeze(0).expand({positions, -1, -1, -1}); };
    const auto decoded = network_->decode_mixture({each(to_network_units(notes.levels)), each(notes.latents),
                                                   notes.mask.amin(0, true).expand({positions, -1}), weights},
                                                  conditioning_of(positions, conditions, weights.device()));
    return {from_network_units(decoded.levels), decoded.layering * network_unit_db};
}

} // namespace timbrel::models
