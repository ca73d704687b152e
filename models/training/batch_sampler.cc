// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/batch_sampler.h"

#include "models/network/autoencoder.h"
#include "models/recipe/recipe.h"
#include "models/training/equaliser.h"

#include <ATen/CPUGeneratorImpl.h>

namespace timbrel::models {
namespace {

Tensor cut(const Tensor& db, const std::vector<int64_t>& excerpts, int64_t frames) {
    std::vector<Tensor> parts;
    for (const int64_t from : excerpts) parts.push_back(db.slice(1, from, from + frames));
    return torch::cat(parts, 1).to(torch::kFloat);
}

// [notes, feature_count, frames of all excerpts] in dB → [rows, feature_count, frames] in network units.
Tensor to_rows(const Tensor& db, int64_t frames) {
    return to_network_units(db)
        .view({db.size(0), feature_count, -1, frames})
        .transpose(1, 2)
        .reshape({-1, feature_count, frames});
}

Tensor each_excerpt(const Tensor& t) { return t.repeat_interleave(training_recipe().excerpts, 0); }

// At an even level over time, as planes encode notes.
Tensor levelled(const Tensor& db) {
    const auto power = torch::pow(10, db.slice(-2, low_partials) / 10).sum(-2);
    return normalise_level(db, normalising_gain(10 * torch::log10(power)));
}

} // namespace

std::vector<int64_t> pitches_of(const Tensor& key) {
    const auto pitches = (key / 128).to(torch::kCPU, torch::kLong).contiguous();
    return {pitches.data_ptr<int64_t>(), pitches.data_ptr<int64_t>() + pitches.numel()};
}

Batch to_device(const Batch& b, torch::Device device) {
    return {b.x.to(device), b.mask.to(device), b.c.to(device), b.pitches, b.weight.to(device)};
}

BatchSampler::BatchSampler(const Dataset& notes, double attack_weight, uint64_t seed)
    : notes_(notes), attack_weight_(attack_weight), random_(seed), generator_(at::detail::createCPUGenerator(seed)) {
    for (int64_t i = 0; i < notes.size(); ++i) by_key_[notes.key[i].item<int64_t>()].push_back(i);
}

BatchSampler::Excerpts BatchSampler::draw_excerpts(int64_t frames) {
    Excerpts excerpts;
    for (int64_t e = 0; e < training_recipe().excerpts; ++e)
        excerpts.push_back(e == 0 && random_unit() < training_recipe().onset_probability ? 0 : random_index(frames));
    return excerpts;
}

// [excerpts, frames]
Tensor BatchSampler::weights_of(const Excerpts& excerpts) const {
    std::vector<Tensor> weight;
    for (const int64_t from : excerpts)
        weight.push_back(1 + (attack_weight_ - 1) * (torch::arange(from, from + training_recipe().excerpt_frames) <
                                                     training_recipe().attack_frames));
    return torch::stack(weight);
}

Batch BatchSampler::next() {
    const torch::NoGradGuard no_grad;
    const int64_t half = training_recipe().batch_notes / 2, frames = training_recipe().excerpt_frames;
    std::vector<int64_t> notes(size_t(2 * half));
    std::vector<Tensor> db(notes.size()), weight;
    for (int64_t i = 0; i < half; ++i) {
        const auto first = random_index(notes_.size());
        const auto& same_key = by_key_[notes_.key[first].item<int64_t>()];
        notes[size_t(i)] = first;
        notes[size_t(half + i)] = same_key[size_t(random_index(int64_t(same_key.size())))];
        const auto excerpts = draw_excerpts(notes_.db.size(2) - frames);
        for (const auto n : {i, half + i}) db[size_t(n)] = cut(notes_.db[notes[size_t(n)]], excerpts, frames);
        weight.push_back(weights_of(excerpts));
    }
    const auto index = torch::tensor(notes);
    const auto f0 = notes_.f0.index_select(0, index);
    const auto gain = torch::randn({f0.size(0), 1}, generator_) * training_recipe().gain_db;
    const auto x = equalised(torch::stack(db), (random_equaliser(f0, generator_) + gain).unsqueeze(2));
    const auto even = torch::rand({x.size(0), 1, 1}, generator_) < training_recipe().normalise_probability;
    return {to_rows(torch::where(even, levelled(x), x), frames), each_excerpt(notes_.mask.index_select(0, index)),
            each_excerpt(make_conditioning(f0, notes_.velocity.index_select(0, index))),
            pitches_of(each_excerpt(notes_.key.index_select(0, index))), torch::cat(weight).repeat({2, 1})};
}

} // namespace timbrel::models
