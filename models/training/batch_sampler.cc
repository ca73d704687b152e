// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/batch_sampler.h"

#include "common/units.h"
#include "models/audio/knobs/body.h"
#include "models/network/autoencoder.h"
#include "models/recipe/recipe.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr int64_t reference_stride = 8;  // frames, between those in which the loudest one is looked for
constexpr uint64_t body_seeds = 1 << 20; // of one range

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

Tensor shifted(const Tensor& db, const Tensor& shift) {
    return torch::where(is_audible(db), (db + shift).clamp(feature_floor, 6), db);
}

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

TrainingBatch to_device(const TrainingBatch& b, torch::Device device) {
    const auto between = [&](const BetweenBatch& set) {
        return BetweenBatch{to_device(set.corners, device), set.weights.to(device), set.truth.to(device)};
    };
    return {to_device(b.notes, device), between(b.pairs), between(b.squares)};
}

BatchSampler::BatchSampler(const Dataset& notes, const Dataset* chains, const SamplerOptions& options)
    : notes_(notes), chains_(chains), options_(options), random_(options.seed),
      generator_(at::detail::createCPUGenerator(options.seed)) {
    std::map<std::pair<int64_t, int64_t>, std::vector<int64_t>> by_pitch; // of each instrument
    for (int64_t i = 0; i < notes.size(); ++i) {
        const auto key = notes.key[i].item<int64_t>();
        by_key_[key].push_back(i);
        by_pitch[{notes.instrument[i].item<int64_t>(), key / 128}].push_back(i);
    }
    const auto velocity = [&](int64_t note) { return notes.velocity[note].item<float>(); };
    for (auto& [key, list] : by_pitch) {
        std::ranges::sort(list, {}, velocity);
        if (list.size() == 3 && velocity(list[0]) < velocity(list[1]) && velocity(list[1]) < velocity(list[2]))
            by_velocity_.push_back({list[0], list[1], list[2]});
    }
}

BatchSampler::Excerpts BatchSampler::draw_excerpts(int64_t count, int64_t frames, int64_t excerpt_frames) {
    Excerpts excerpts;
    for (int64_t e = 0; e < count; ++e)
        excerpts.push_back(
            e == 0 && random_unit() < training_recipe().onset_probability ? 0 : random_index(frames - excerpt_frames));
    return excerpts;
}

// [excerpts, frames]
Tensor BatchSampler::weights_of(const Excerpts& excerpts, int64_t excerpt_frames) const {
    std::vector<Tensor> weight;
    for (const int64_t from : excerpts)
        weight.push_back(1 + (options_.attack_weight - 1) *
                                 (torch::arange(from, from + excerpt_frames) < training_recipe().attack_frames));
    return torch::stack(weight);
}

// Augmentation that imitates other microphones, rooms and bodies: a random smooth equaliser over all features of a
// note, a gain, and independent gains of each partial and noise band: [notes, feature_count, 1] dB.
Tensor BatchSampler::filter_shift(const Tensor& f0) {
    const auto notes = f0.size(0);
    if (!options_.augmented) return torch::zeros({notes, feature_count, 1});
    const auto normal = [&](int64_t columns) { return torch::randn({notes, columns}, generator_); };
    const auto position = torch::linspace(0, 1, noise_bands);
    auto curve = torch::zeros({notes, noise_bands});
    for (int k = 1; k <= training_recipe().equaliser_terms; ++k)
        curve += normal(1) * (training_recipe().equaliser_db / std::sqrt(double(k)) / 2) *
                 torch::cos(position * (k * std::numbers::pi) + torch::rand({notes, 1}, generator_) * std::numbers::pi);
    curve += normal(1) * training_recipe().gain_db;
    const auto noise = curve + normal(noise_bands) * training_recipe().jitter_db;
    curve += normal(noise_bands) * training_recipe().jitter_db;
    const auto at_harmonics = [&](double first, int count) {
        const auto hz = f0.unsqueeze(1) * (torch::arange(count) + first);
        const auto erb = [](const Tensor& f) { return 21.4 * torch::log10(1 + .00437 * f); };
        const double low = hertz_to_erb_number(30), high = hertz_to_erb_number(20000);
        const auto band = ((erb(hz) - low) / (high - low) * (noise_bands - 1)).round().clamp(0, noise_bands - 1);
        return curve.gather(1, band.to(torch::kLong));
    };
    return torch::cat({at_harmonics(1, low_partials), curve, noise, at_harmonics(.5, subharmonic_slots)}, 1)
        .unsqueeze(2);
}

Batch BatchSampler::draw_notes() {
    const int half = int(training_recipe().batch_notes) / 2;
    const auto frames = training_recipe().excerpt_frames;
    std::vector<int64_t> notes(2 * half);
    std::vector<Tensor> db(2 * half), weight;
    for (int i = 0; i < half; ++i) {
        notes[i] = random_index(notes_.size());
        const auto& same_key = by_key_[notes_.key[notes[i]].item<int64_t>()];
        notes[half + i] = same_key[random_index(int64_t(same_key.size()))];
        const auto excerpts = draw_excerpts(training_recipe().excerpts, notes_.db.size(2), frames);
        for (const int n : {i, half + i}) db[n] = cut(notes_.db[notes[n]], excerpts, frames);
        weight.push_back(weights_of(excerpts, frames));
    }
    const auto index = torch::tensor(notes);
    const auto f0 = notes_.f0.index_select(0, index);
    const auto x = shifted(torch::stack(db), filter_shift(f0));
    const auto even = torch::rand({x.size(0), 1, 1}, generator_) < training_recipe().normalise_probability;
    return {to_rows(torch::where(even, levelled(x), x), frames), each_excerpt(notes_.mask.index_select(0, index)),
            each_excerpt(make_conditioning(f0, notes_.velocity.index_select(0, index))),
            pitches_of(each_excerpt(notes_.key.index_select(0, index))), torch::cat(weight).repeat({2, 1})};
}

// A frame in which the note is loud, by its features.
int64_t BatchSampler::loudest_frame(int64_t note) {
    const auto [found, added] = loudest_frames_.try_emplace(note, 0);
    if (added) {
        const auto partials = notes_.db[note].slice(0, 0, noise_start).slice(1, 0, None, reference_stride);
        found->second = partials.to(torch::kFloat).amax(0).argmax().item<int64_t>() * reference_stride;
    }
    return found->second;
}

// A recording through `count` bodies in a row, each with a knob of its own: corner c has knob k at its far end where
// bit k of c is set, and the knobs are independent.
BatchSampler::Example BatchSampler::through_bodies(const Excerpts& excerpt, int count) {
    const auto note = random_index(notes_.size());
    const int64_t pitch = notes_.key[note].item<int64_t>() / 128;
    std::vector<audio::Body> bodies;
    std::vector<double> between;
    std::vector<bool> reversed;
    for (int k = 0; k < count; ++k) {
        const auto kind = audio::body_kinds[size_t(random_index(int64_t(audio::body_kinds.size())))];
        bodies.emplace_back(kind, note_to_hertz(double(pitch)),
                            options_.first_body_seed + uint64_t(random_index(body_seeds)));
        between.push_back(random_unit());
        reversed.push_back(random_unit() < .5);
    }
    const auto frames = training_recipe().between_frames;
    const auto part =
        torch::cat({cut(notes_.db[note], excerpt, frames), cut(notes_.db[note], {loudest_frame(note)}, 1)}, 1);
    const auto at = [&](const std::vector<double>& position) {
        const auto gain = [&](double hz) {
            double db = 0;
            for (size_t k = 0; k < bodies.size(); ++k)
                db += bodies[k].gain_db(hz, reversed[k] ? 1 - position[k] : position[k]);
            return db;
        };
        const auto filtered = filter_.filtered(part, pitch, filter_.gains(pitch, gain));
        return referenced(filtered.slice(1, 0, frames), filter_.loudest_partial(filtered.slice(1, frames), pitch));
    };
    Example e{{}, {}, at(between), notes_.mask[note], notes_.f0[note], notes_.velocity[note], pitch};
    for (int c = 0; c < 1 << count; ++c) {
        std::vector<double> position;
        double weight = 1;
        for (int k = 0; k < count; ++k) {
            const bool far = c >> k & 1;
            position.push_back(far);
            weight *= far ? between[size_t(k)] : 1 - between[size_t(k)];
        }
        e.corners.push_back(at(position));
        e.weights.push_back(weight);
    }
    return e;
}

// Three notes of a chain; it may be passed in either direction.
BatchSampler::Example BatchSampler::from_chain(const Excerpts& excerpt) {
    const auto settings = training_recipe().chain_settings;
    const auto first = random_index(chains_->size() / settings) * settings;
    std::array<int64_t, 3> s{};
    while (s[0] == s[1] || s[1] == s[2]) {
        for (auto& setting : s) setting = random_index(settings);
        std::ranges::sort(s);
    }
    if (random_unit() < .5) std::swap(s[0], s[2]);
    const double weight = double(s[1] - s[0]) / double(s[2] - s[0]);
    const auto at = [&](int64_t setting) {
        return cut(chains_->db[first + setting], excerpt, training_recipe().between_frames);
    };
    const auto note = first + s[1];
    return {{at(s[0]), at(s[2])},
            {1 - weight, weight},
            at(s[1]),
            chains_->mask[note],
            chains_->f0[note],
            chains_->velocity[note],
            chains_->key[note].item<int64_t>() / 128};
}

BatchSampler::Example BatchSampler::from_velocities(const Excerpts& excerpt) {
    const auto& [soft, middle, hard] = by_velocity_[size_t(random_index(int64_t(by_velocity_.size())))];
    const auto at = [&](int64_t note) { return cut(notes_.db[note], excerpt, training_recipe().between_frames); };
    const auto velocity = [&](int64_t note) { return notes_.velocity[note].item<double>(); };
    const double weight = (velocity(middle) - velocity(soft)) / (velocity(hard) - velocity(soft));
    return {{at(soft), at(hard)},
            {1 - weight, weight},
            at(middle),
            notes_.mask[middle],
            notes_.f0[middle],
            notes_.velocity[middle],
            notes_.key[middle].item<int64_t>() / 128};
}

BatchSampler::Example BatchSampler::draw_pair(const Excerpts& excerpt) {
    const double kind = random_unit(), knobs = training_recipe().parameter_fraction,
                 velocities = knobs + training_recipe().velocity_fraction;
    const bool all = options_.pairs == PairKind::all, has_chains = chains_ && chains_->size() > 0;
    if (options_.pairs == PairKind::knobs || (all && kind < knobs && has_chains)) return from_chain(excerpt);
    if (all && kind >= knobs && kind < velocities && !by_velocity_.empty()) return from_velocities(excerpt);
    return through_bodies(excerpt, 1);
}

BetweenBatch BatchSampler::draw_between(int64_t rows, const std::function<Example(const Excerpts&)>& draw) {
    const auto frames = training_recipe().between_frames;
    const auto shortest = chains_ ? std::min(notes_.db.size(2), chains_->db.size(2)) : notes_.db.size(2);
    std::vector<Tensor> corners, truth, weights, mask, f0, velocity, frame_weight;
    std::vector<int64_t> key;
    for (int64_t i = 0; i < rows; ++i) {
        const bool attack = random_unit() < training_recipe().between_attack_probability;
        const Excerpts excerpt{random_index(attack ? training_recipe().attack_frames : shortest - frames)};
        const auto e = draw(excerpt);
        corners.push_back(torch::stack(e.corners));
        truth.push_back(e.truth);
        weights.push_back(to_tensor(e.weights));
        mask.push_back(e.mask);
        f0.push_back(e.f0);
        velocity.push_back(e.velocity);
        frame_weight.push_back(weights_of(excerpt, frames));
        key.push_back(128 * e.pitch);
    }
    const auto shift = filter_shift(torch::stack(f0));
    const auto even = torch::rand({rows, 1, 1}, generator_) < training_recipe().between_normalise_probability;
    const auto augmented = [&](const Tensor& db) {
        const auto x = shifted(db, shift);
        return to_rows(torch::where(even, levelled(x), x), frames);
    };
    const auto all = torch::stack(corners).transpose(0, 1); // [corners, rows, …]
    std::vector<Tensor> x;
    for (int64_t c = 0; c < all.size(0); ++c) x.push_back(augmented(all[c]));
    const auto count = all.size(0);
    const auto c = make_conditioning(torch::stack(f0), torch::stack(velocity));
    return {{torch::cat(x), torch::stack(mask).repeat({count, 1}), c.repeat({count, 1}),
             pitches_of(torch::tensor(key).repeat({count})), torch::cat(frame_weight).repeat({count, 1})},
            torch::stack(weights),
            augmented(torch::stack(truth))};
}

TrainingBatch BatchSampler::next() {
    const torch::NoGradGuard no_grad;
    return {draw_notes(),
            draw_between(training_recipe().batch_pairs, [this](const auto& excerpt) { return draw_pair(excerpt); }),
            draw_between(training_recipe().batch_squares,
                         [this](const auto& excerpt) { return through_bodies(excerpt, 2); })};
}

} // namespace timbrel::models
