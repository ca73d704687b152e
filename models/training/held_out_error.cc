// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/held_out_error.h"

#include "models/recipe/recipe.h"
#include "models/training/feature_loss.h"

namespace timbrel::models {
namespace {

constexpr int between_batches = 4;

} // namespace

HeldOutNotes::HeldOutNotes(const Dataset& notes, const Dataset* chains, torch::Device device)
    : notes_(notes), device_(device) {
    SamplerOptions options{.attack_weight = 1, .seed = 1, .first_body_seed = 1 << 20, .augmented = false};
    const auto draw = [&](PairKind kind) {
        options.pairs = kind;
        BatchSampler sampler(notes, chains, options);
        std::vector<TrainingBatch> batches;
        for (int i = 0; i < between_batches; ++i) batches.push_back(to_device(sampler.next(), device));
        return batches;
    };
    for (auto& batch : draw(PairKind::bodies)) {
        bodies_.push_back(std::move(batch.pairs));
        squares_.push_back(std::move(batch.squares));
    }
    if (chains)
        for (auto& batch : draw(PairKind::knobs)) knobs_.push_back(std::move(batch.pairs));
}

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

BetweenError HeldOutNotes::measure_between(Autoencoder& network, ErbSpectralLoss& erb_loss,
                                           const std::vector<BetweenBatch>& batches) {
    BetweenError mean;
    for (const auto& b : batches) {
        const auto truth = truth_of(b);
        const auto error = [&](const Tensor& predicted) {
            return erb_loss(predicted, truth.x, truth.pitches, truth.weight).item<double>() / double(batches.size());
        };
        mean.between += error(decode_between(network, b).between);
        mean.mean_in_db += error(mix_corners(b.corners.x, b.weights));
    }
    return mean;
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
    mean.bodies = measure_between(network, erb_loss, bodies_);
    mean.squares = measure_between(network, erb_loss, squares_);
    mean.knobs = measure_between(network, erb_loss, knobs_);
    return mean;
}

} // namespace timbrel::models
