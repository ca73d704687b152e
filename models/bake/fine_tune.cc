// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/fine_tune.h"

#include "common/progress.h"
#include "models/recipe/recipe.h"
#include "models/spectral/loudness.h"
#include "models/training/feature_loss.h"

#include <algorithm>
#include <chrono>
#include <random>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// Notes at normalised level, as PlaneNote encodes them, the corners of one pitch and velocity next to each other.
struct Notes {
    Tensor x, mask, c; // [notes, feature_count, frames] in network units, [notes, feature_count], [notes, 8]
};

Notes notes_of(const PlaneSources& sources, torch::Device device) {
    const auto& recipe = sources.recipe();
    int64_t hops = sources.hops(0);
    for (size_t p = 1; p < recipe.pitches.size(); ++p) hops = std::min(hops, sources.hops(p));
    std::vector<Tensor> x, mask;
    std::vector<double> f0, velocity;
    for (size_t p = 0; p < recipe.pitches.size(); ++p)
        for (size_t v = 0; v < recipe.velocities.size(); ++v)
            for (const auto& corner : sources.corners(p)[v]) {
                const auto& s = corner.spectrum;
                const auto f = extract_features(s);
                const auto normalised = normalise_level(f.db, normalising_gain(loudness_track(s).to(f.db.device())));
                x.push_back(torch::constant_pad_nd(
                    normalised.slice(1, 0, hops), {0, std::max<int64_t>(0, hops - normalised.size(1))}, feature_floor));
                mask.push_back(f.mask);
                f0.push_back(s.f0);
                velocity.push_back(recipe.velocities[v]);
            }
    return {to_network_units(torch::stack(x)).to(device), torch::stack(mask).to(device),
            make_conditioning(to_tensor(f0), to_tensor(velocity)).to(device)};
}

double mean_deviation(Autoencoder& network, const Notes& notes) {
    const torch::NoGradGuard no_grad;
    double sum = 0;
    for (int64_t i = 0; i < notes.x.size(0); ++i) {
        const auto one = [i](const Tensor& t) { return t.slice(0, i, i + 1); };
        const auto decoded =
            network->decode(network->encode(one(notes.x), one(notes.mask), one(notes.c)), one(notes.c));
        sum += deviation(decoded, one(notes.x), one(notes.mask)).mean().item<double>() * network_unit_db;
    }
    return sum / double(notes.x.size(0));
}

// Random excerpts of random notes.
class ExcerptSampler {
  public:
    explicit ExcerptSampler(const Notes& notes) : notes_(notes) {}

    Notes next() {
        const int64_t all = notes_.x.size(2), frames = std::min(training_recipe().fine_tune_max_excerpt, all);
        std::vector<int64_t> chosen(size_t(training_recipe().fine_tune_batch_notes));
        std::vector<Tensor> x;
        for (auto& note : chosen) {
            note = below(notes_.x.size(0));
            const int64_t from =
                below(1000) < int64_t(1000 * training_recipe().fine_tune_onset_fraction) ? 0 : below(all - frames + 1);
            x.push_back(notes_.x[note].slice(1, from, from + frames));
        }
        const auto index = torch::tensor(chosen).to(notes_.x.device());
        return {torch::stack(x), notes_.mask.index_select(0, index), notes_.c.index_select(0, index)};
    }

  private:
    int64_t below(int64_t n) { return int64_t(random_() % uint64_t(n)); }

    const Notes& notes_;
    std::mt19937_64 random_{uint64_t(training_recipe().fine_tune_excerpt_seed)};
};

} // namespace

FineTuning fine_tune(Autoencoder& network, const PlaneSources& sources, torch::Device device,
                     const std::function<bool(int64_t)>& enough) {
    const auto notes = notes_of(sources, device);
    FineTuning result{0, mean_deviation(network, notes), 0};
    const torch::AutoGradMode with_gradients(true);
    torch::manual_seed(uint64_t(training_recipe().fine_tune_noise_seed));
    auto weights = network->parameters();
    std::vector<Tensor> averaged;
    for (const auto& w : weights) averaged.push_back(w.detach().clone());
    torch::optim::AdamW optimiser(
        weights, torch::optim::AdamWOptions(training_recipe().fine_tune_learning_rate).weight_decay(0));
    ExcerptSampler excerpts(notes);
    for (; !enough(result.steps); ++result.steps) {
        for (auto& group : optimiser.param_groups())
            group.options().set_lr(training_recipe().fine_tune_learning_rate *
                                   std::min(1., double(result.steps + 1) / training_recipe().fine_tune_warmup_steps));
        const auto b = excerpts.next();
        const auto latent = network->encode(b.x, b.mask, b.c);
        const auto decoded = network->decode(add_latent_noise(latent, training_recipe().latent_noise), b.c);
        optimiser.zero_grad();
        deviation(decoded, b.x, b.mask).mean().backward();
        torch::nn::utils::clip_grad_norm_(weights, training_recipe().fine_tune_max_gradient_norm);
        optimiser.step();
        const torch::NoGradGuard no_grad;
        const double keep =
            std::min(training_recipe().fine_tune_average_decay,
                     double(result.steps) / double(result.steps + training_recipe().fine_tune_average_warmup));
        for (size_t i = 0; i < weights.size(); ++i) averaged[i].mul_(keep).add_(weights[i], 1 - keep);
    }
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < weights.size(); ++i) weights[i].copy_(averaged[i]);
    result.deviation_after = mean_deviation(network, notes);
    return result;
}

FineTuning fine_tune_for(Autoencoder& network, const PlaneSources& sources, torch::Device device, double minutes) {
    const double seconds = 60 * minutes;
    const auto start = steady_clock::now();
    Progress progress("fine-tuning", size_t(seconds) + 1);
    size_t shown = 0;
    return fine_tune(network, sources, device, [&](int64_t) {
        const double elapsed = duration<double>(steady_clock::now() - start).count();
        const auto reached = std::min(size_t(elapsed), size_t(seconds));
        progress.step(reached - shown);
        shown = reached;
        return elapsed >= seconds;
    });
}

} // namespace timbrel::models
