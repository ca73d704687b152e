#include "models/bake/fine_tune.h"

#include "common/progress.h"
#include "models/spectral/loudness.h"
#include "models/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <random>

namespace timbrel::models {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr int batch = 8;         // notes a step
constexpr int64_t longest = 160; // frames of each
constexpr double onset_share = .35;
constexpr double rate = 1e-3;  // AdamW's, after warming up
constexpr double warming = 10; // steps
constexpr double averaging = .95;

// Notes as the plane shows them to the network, all corners of one pitch and velocity in a row.
struct Notes {
    Tensor x, mask, c; // [notes, feature_count, frames] in network units, [notes, feature_count], [notes, 8]
};

Notes notes_of(const PlaneSources& sources, torch::Device device) {
    const auto& recipe = sources.recipe();
    std::vector<Tensor> x, mask;
    std::vector<double> f0, velocity;
    for (size_t p = 0; p < recipe.pitches.size(); ++p)
        for (size_t v = 0; v < recipe.velocities.size(); ++v)
            for (const auto& corner : sources.corners(p)[v]) {
                const auto& s = corner.spectrum;
                const auto f = features_of(s);
                const auto even = raised(f.db, rise_of(loudness_of(s).to(f.db.device())));
                x.push_back(torch::constant_pad_nd(even.slice(1, 0, recipe.hops()),
                                                   {0, std::max<int64_t>(0, recipe.hops() - even.size(1))},
                                                   feature_floor));
                mask.push_back(f.mask);
                f0.push_back(s.f0);
                velocity.push_back(recipe.velocities[v]);
            }
    return {to_network(torch::stack(x)).to(device), torch::stack(mask).to(device),
            conditions(tensor_of(f0), tensor_of(velocity)).to(device)};
}

double mean_deviation(Autoencoder& network, const Notes& notes) {
    const torch::NoGradGuard no_grad;
    double sum = 0;
    for (int64_t i = 0; i < notes.x.size(0); ++i) {
        const auto one = [i](const Tensor& t) { return t.slice(0, i, i + 1); };
        const auto decoded =
            network->decode(network->encode(one(notes.x), one(notes.mask), one(notes.c)), one(notes.c));
        sum += deviation(decoded, one(notes.x), one(notes.mask)).mean().item<double>() * network_unit;
    }
    return sum / double(notes.x.size(0));
}

class Excerpts {
  public:
    explicit Excerpts(const Notes& notes) : notes_(notes) {}

    Notes next() {
        const int64_t all = notes_.x.size(2), frames = std::min(longest, all);
        std::vector<int64_t> chosen(batch);
        std::vector<Tensor> x;
        for (auto& note : chosen) {
            note = below(notes_.x.size(0));
            const int64_t from = below(1000) < int64_t(1000 * onset_share) ? 0 : below(all - frames + 1);
            x.push_back(notes_.x[note].slice(1, from, from + frames));
        }
        const auto index = torch::tensor(chosen).to(notes_.x.device());
        return {torch::stack(x), notes_.mask.index_select(0, index), notes_.c.index_select(0, index)};
    }

  private:
    int64_t below(int64_t n) { return int64_t(random_() % uint64_t(n)); }

    const Notes& notes_;
    std::mt19937_64 random_{1};
};

} // namespace

Adaptation adapt(Autoencoder& network, const PlaneSources& sources, torch::Device device,
                 const std::function<bool(int64_t)>& enough) {
    const auto notes = notes_of(sources, device);
    Adaptation result{0, mean_deviation(network, notes), 0};
    const torch::AutoGradMode learning(true);
    torch::manual_seed(1);
    auto weights = network->parameters();
    std::vector<Tensor> averaged;
    for (const auto& w : weights) averaged.push_back(w.detach().clone());
    torch::optim::AdamW optimiser(weights, torch::optim::AdamWOptions(rate).weight_decay(0));
    Excerpts excerpts(notes);
    for (; !enough(result.steps); ++result.steps) {
        for (auto& group : optimiser.param_groups())
            group.options().set_lr(rate * std::min(1., double(result.steps + 1) / warming));
        const auto b = excerpts.next();
        const auto embedding = network->encode(b.x, b.mask, b.c);
        const auto decoded = network->decode(blurred(embedding), b.c);
        optimiser.zero_grad();
        deviation(decoded, b.x, b.mask).mean().backward();
        torch::nn::utils::clip_grad_norm_(weights, 1.);
        optimiser.step();
        const torch::NoGradGuard no_grad;
        const double keep = std::min(averaging, double(result.steps) / double(result.steps + 10));
        for (size_t i = 0; i < weights.size(); ++i) averaged[i].mul_(keep).add_(weights[i], 1 - keep);
    }
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < weights.size(); ++i) weights[i].copy_(averaged[i]);
    result.after = mean_deviation(network, notes);
    return result;
}

Adaptation adapt_for(Autoencoder& network, const PlaneSources& sources, torch::Device device, double minutes) {
    const double seconds = 60 * minutes;
    const auto start = steady_clock::now();
    Progress progress("adapting", size_t(seconds) + 1);
    size_t shown = 0;
    return adapt(network, sources, device, [&](int64_t) {
        const double gone = duration<double>(steady_clock::now() - start).count();
        const auto whole = std::min(size_t(gone), size_t(seconds));
        progress.step(whole - shown);
        shown = whole;
        return gone >= seconds;
    });
}

} // namespace timbrel::models
