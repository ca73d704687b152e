// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainers/pair_loss.h"

#include "models/audio/analysis/spectral_distance.h"
#include "models/recipe/recipe.h"

#include <numbers>

namespace timbrel::models {
namespace {

constexpr int held_out_batches = 4;
constexpr uint64_t held_out_bodies = 1 << 20; // first seed

Tensor position_of(const PairBatch& batch) { return batch.position.view({-1, 1, 1}); }

// In network units: levels below are not compared.
double least_level() { return (feature_floor + morph_recipe().decoded_floor_margin + 80) / network_unit_db; }

// Root mean square difference in dB of the features that the truth or one of the ends has: [rows]; 0 for rows that are
// not exact.
Tensor feature_errors(const Tensor& x, const PairBatch& batch) {
    const auto audible = torch::maximum(torch::maximum(batch.a, batch.b), batch.between) > least_level();
    const auto weight = (audible * batch.mask.unsqueeze(2)).to(torch::kFloat).squeeze(2);
    const auto count = weight.sum(1, true).clamp_min(1);
    const auto difference = (x - batch.between).squeeze(2) * weight;
    const auto centred = (difference - difference.sum(1, true) / count) * weight;
    return network_unit_db * (centred.square().sum(1) / count.squeeze(1) + 1e-5).sqrt() * batch.exact;
}

} // namespace

Tensor PairLoss::operator()(const Tensor& x, const PairBatch& batch) {
    const auto& r = training_recipe();
    const auto mean = mean_between(batch);
    const auto relative = [&r](const Tensor& error, const Tensor& of_mean) {
        return (error / (of_mean + r.relative_error_offset)).mean();
    };
    return relative(errors(x, batch), errors(mean, batch)) +
           r.pair_feature_weight * relative(feature_errors(x, batch), feature_errors(mean, batch));
}

Tensor PairLoss::errors(const Tensor& x, const PairBatch& batch) {
    const auto power = [](const Tensor& t) {
        return torch::exp(gate_floor(from_network_units(t.squeeze(2))) * (std::numbers::ln10 / 10));
    };
    const auto predicted = power(x), target = power(batch.between);
    const auto raised = torch::pow(10, batch.gain / 10).unsqueeze(1);
    const auto rows = int64_t(batch.pitches.size());
    auto sum = torch::zeros({rows}, x.options());
    for (size_t r = 0; r < audio::stft_resolutions.size(); ++r) {
        std::vector<Tensor> errors;
        for (int64_t from = 0, to = 0; from < rows; from = to) {
            const auto pitch = batch.pitches[size_t(from)];
            while (to < rows && batch.pitches[size_t(to)] == pitch) ++to;
            const auto& weights = erb_.band_weights(pitch, r);
            const auto truth = torch::mm(target.slice(0, from, to), weights);
            auto bands = torch::mm(predicted.slice(0, from, to), weights);
            bands = bands * (truth.sum(1, true) / bands.sum(1, true).clamp_min(1e-12));
            const auto floor = audio::clamp_ratio * raised.slice(0, from, to);
            const auto db = 10 * torch::log10((bands + floor) / (truth + floor));
            const auto audible = truth.amax(1) > audio::silence_ratio * raised.slice(0, from, to).squeeze(1);
            errors.push_back((db.square().mean(1) + training_recipe().erb_sqrt_epsilon).sqrt() * audible);
        }
        sum = sum + torch::cat(errors);
    }
    return sum / double(audio::stft_resolutions.size());
}

Tensor mean_between(const PairBatch& batch) { return batch.a + position_of(batch) * (batch.b - batch.a); }

Tensor decoded_between(Autoencoder& network, const PairBatch& batch) {
    const auto position = position_of(batch);
    const auto z = [&](const Tensor& x) { return network->encode(x, batch.mask, batch.c); };
    const auto decoded = [&](const Tensor& latent) {
        return network->decode(latent, batch.c).to(torch::kFloat).clamp_min(least_level());
    };
    const auto za = z(batch.a), zb = z(batch.b);
    const auto a = decoded(za), b = decoded(zb);
    return mean_between(batch) + decoded(za + position * (zb - za)) - (a + position * (b - a));
}

Tensor paired_between(Autoencoder& network, const PairBatch& batch, const Tensor& decoded) {
    const auto position = position_of(batch);
    return decoded +
           4 * position * (1 - position) * network->pairs(batch.a, batch.b, batch.mask, batch.position, batch.c);
}

HeldOutPairs::HeldOutPairs(const Dataset& notes, const Dataset* chains, torch::Device device) {
    const auto draw = [&](PairKind kind, std::vector<PairBatch>& batches) {
        PairSampler sampler(notes, chains,
                            {.seed = 1, .first_body_seed = held_out_bodies, .augmented = false, .kind = kind});
        for (int i = 0; i < held_out_batches; ++i) batches.push_back(to_device(sampler.next(), device));
    };
    draw(PairKind::bodies, bodies_);
    if (chains) draw(PairKind::knobs, knobs_);
}

PairError HeldOutPairs::measure(Autoencoder& network, PairLoss& loss, bool with_pair_decoder) const {
    const torch::NoGradGuard no_grad;
    const auto ratio = [&](const std::vector<PairBatch>& batches) {
        double between = 0, mean = 0;
        for (const auto& b : batches) {
            auto x = decoded_between(network, b);
            if (with_pair_decoder) x = paired_between(network, b, x);
            between += loss.errors(x, b).sum().item<double>();
            mean += loss.errors(mean_between(b), b).sum().item<double>();
        }
        return mean > 0 ? between / mean : 1;
    };
    return {ratio(bodies_), ratio(knobs_)};
}

} // namespace timbrel::models
