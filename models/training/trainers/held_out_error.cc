// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainers/held_out_error.h"

#include "models/recipe/recipe.h"
#include "models/training/feature_loss.h"

namespace timbrel::models {

// A batch of whole notes without augmentation: every `stride`th from `first` on.
Batch HeldOutNotes::whole_notes(int64_t first, int64_t stride) const {
    const auto range = [&](const Tensor& t) {
        return t.slice(0, first, first + training_recipe().evaluation_batch * stride, stride);
    };
    const auto db = range(notes_.db);
    return {to_network_units(db.to(torch::kFloat)).to(device_), range(notes_.mask).to(device_),
            make_conditioning(range(notes_.f0), range(notes_.velocity)).to(device_), pitches_of(range(notes_.key)),
            torch::ones({db.size(0), db.size(2)}, device_)};
}

HeldOutError HeldOutNotes::measure(Autoencoder& network, ErbSpectralLoss& erb_loss, int64_t stride) const {
    const torch::NoGradGuard no_grad;
    HeldOutError mean;
    int64_t batches = 0;
    for (int64_t first = 0; first < notes_.size(); first += training_recipe().evaluation_batch * stride, ++batches) {
        const auto b = whole_notes(first, stride);
        const auto decoded = network->decode(network->encode(b.x, b.mask, b.c), b.c);
        const auto error = deviation(decoded, b.x, b.mask) * network_unit_db;
        auto attack = b.weight.clone();
        attack.slice(1, training_recipe().attack_frames) = 0;
        mean.feature_db += error.mean().item<double>();
        mean.feature_attack_db += error.slice(1, 0, training_recipe().attack_frames).mean().item<double>();
        mean.erb_db += erb_loss(decoded, b.x, b.pitches, b.weight).item<double>();
        mean.erb_attack_db += erb_loss(decoded, b.x, b.pitches, attack).item<double>();
    }
    for (double* value : {&mean.feature_db, &mean.feature_attack_db, &mean.erb_db, &mean.erb_attack_db})
        *value /= double(batches);
    return mean;
}

} // namespace timbrel::models
