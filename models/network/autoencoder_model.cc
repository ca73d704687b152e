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

Tensor AutoencoderModel::moved(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& positions,
                               const NoteConditions& conditions) const {
    const torch::NoGradGuard no_grad;
    const auto count = positions.size(0);
    const auto repeated = [count](const Tensor& x) { return x.unsqueeze(0).expand({count, -1, -1}); };
    return network_unit_db * network_->pairs(repeated(to_network_units(a)), repeated(to_network_units(b)),
                                             mask.unsqueeze(0).expand({count, -1}), positions,
                                             conditioning_of(count, conditions, a.device()));
}

} // namespace timbrel::models
