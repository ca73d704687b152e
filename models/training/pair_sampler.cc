// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/pair_sampler.h"

#include "common/units.h"
#include "models/audio/knobs/body.h"
#include "models/network/autoencoder.h"
#include "models/recipe/recipe.h"
#include "models/training/equaliser.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int64_t loud_stride = 8;       // frames, between those in which the loudest one is looked for
constexpr uint64_t body_seeds = 1 << 20; // of one range

// Level in dB of each frame [feature_count, frames].
Tensor level_of(const Tensor& db) {
    const auto power = [&](int64_t from, int64_t to) { return torch::pow(10, db.slice(0, from, to) / 10).sum(0); };
    return 10 * torch::log10(power(0, low_partials) + power(noise_start, noise_start + noise_bands));
}

// A pitch, as often as it has entries. `unit`: random, 0 to 1.
template<class List>
int64_t random_pitch(const std::map<int64_t, List>& lists, double unit) {
    size_t all = 0;
    for (const auto& [_, list] : lists) all += list.size();
    auto index = size_t(unit * double(all));
    for (const auto& [pitch, list] : lists) {
        if (index < list.size()) return pitch;
        index -= list.size();
    }
    return lists.rbegin()->first;
}

} // namespace

PairBatch to_device(const PairBatch& b, torch::Device device) {
    return {b.a.to(device),        b.b.to(device),    b.between.to(device),
            b.position.to(device), b.mask.to(device), b.c.to(device),
            b.exact.to(device),    b.gain.to(device), b.pitches};
}

Tensor PairSampler::Notes::frame(int64_t note, int64_t index) const {
    const auto frames = set.db.size(2);
    const auto* from = set.db.data_ptr<at::Half>() + note * feature_count * frames + index;
    auto values = torch::empty({feature_count});
    auto* to = values.data_ptr<float>();
    for (int64_t f = 0; f < feature_count; ++f) to[f] = float(from[f * frames]);
    return values;
}

int64_t PairSampler::Notes::loud_frame(int64_t note) {
    const auto [found, added] = loud_frames.try_emplace(note, 0);
    if (added)
        found->second =
            level_of(set.db[note].slice(1, 0, None, loud_stride).to(torch::kFloat)).argmax().item<int64_t>() *
            loud_stride;
    return found->second;
}

PairSampler::PairSampler(const Dataset& notes, const Dataset* chains, const PairSamplerOptions& options)
    : notes_(notes), chains_(chains ? std::make_unique<Notes>(*chains) : nullptr), options_(options),
      random_(options.seed), generator_(at::detail::createCPUGenerator(options.seed)) {
    add_examples();
}

void PairSampler::add_examples() {
    const auto& notes = notes_.set;
    std::map<std::pair<int64_t, int64_t>, std::vector<int64_t>> by_instrument;
    for (int64_t i = 0; i < notes.size(); ++i) {
        const int64_t pitch = notes.key[i].item<int64_t>() / 128;
        notes_by_pitch_[pitch].push_back(i);
        by_instrument[{notes.instrument[i].item<int64_t>(), pitch}].push_back(i);
    }
    const auto velocity = [&](int64_t note) { return notes.velocity[note].item<float>(); };
    for (auto& [key, list] : by_instrument) {
        std::ranges::sort(list, {}, velocity);
        if (list.size() != 3 || velocity(list[0]) >= velocity(list[1]) || velocity(list[1]) >= velocity(list[2]))
            continue;
        const double position = (velocity(list[1]) - velocity(list[0])) / (velocity(list[2]) - velocity(list[0]));
        velocities_by_pitch_[key.second].push_back({{list[0], list[1], list[2]}, position});
    }
    if (!chains_) return;
    const auto settings = training_recipe().chain_settings;
    for (int64_t first = 0; first + settings <= chains_->set.size(); first += settings)
        for (int64_t a = 0; a < settings; ++a)
            for (int64_t b = a + 2; b < settings; ++b)
                for (int64_t between = a + 1; between < b; ++between)
                    knobs_by_pitch_[chains_->set.key[first].item<int64_t>() / 128].push_back(
                        {{first + a, first + between, first + b}, double(between - a) / double(b - a)});
}

int64_t PairSampler::draw_frame(const Dataset& set) {
    const bool attack = random_unit() < training_recipe().pair_attack_probability;
    return random_index(size_t(attack ? training_recipe().attack_frames : set.db.size(2)));
}

// Frames of recordings filtered by bodies at the two ends of their settings and between them.
PairSampler::Triples PairSampler::through_bodies(int64_t pitch) {
    const auto& list = notes_by_pitch_.at(pitch);
    Triples t;
    std::vector<Tensor> part, loud;
    std::array<std::vector<Tensor>, 3> partial_gains, noise_gains;
    for (int64_t i = 0; i < training_recipe().pair_group; ++i) {
        const auto note = list[size_t(random_index(list.size()))];
        part.push_back(notes_.frame(note, draw_frame(notes_.set)));
        loud.push_back(notes_.frame(note, notes_.loud_frame(note)));
        const auto kind = audio::body_kinds[size_t(random_index(audio::body_kinds.size()))];
        const audio::Body body(kind, note_to_hertz(double(pitch)),
                               options_.first_body_seed + uint64_t(random_index(body_seeds)));
        const bool half_way = random_unit() < training_recipe().pair_half_way_probability;
        t.position.push_back(half_way ? .5 : random_unit());
        const bool reversed = random_unit() < .5;
        const std::array settings{0., t.position.back(), 1.};
        for (size_t s = 0; s < settings.size(); ++s) {
            const double setting = reversed ? 1 - settings[s] : settings[s];
            const auto gains = filter_.gains(pitch, [&](double hz) { return body.gain_db(hz, setting); });
            partial_gains[s].push_back(gains.partial);
            noise_gains[s].push_back(gains.noise);
        }
        t.mask.push_back(notes_.set.mask[note]);
        t.f0.push_back(notes_.set.f0[note]);
        t.velocity.push_back(notes_.set.velocity[note]);
    }
    t.exact = true;
    const auto parts = torch::stack(part, 1), louds = torch::stack(loud, 1);
    for (size_t s = 0; s < t.sound.size(); ++s) {
        const FeatureGains gains{torch::cat(partial_gains[s]), torch::cat(noise_gains[s])};
        const auto filtered = filter_.filtered(louds, pitch, gains);
        const auto reference = filter_.loudest_partials(filtered, pitch);
        t.loud[s] = referenced(filtered, reference);
        t.sound[s] = referenced(filter_.filtered(parts, pitch, gains), reference);
    }
    return t;
}

// Frames of triples of notes, in either direction.
PairSampler::Triples PairSampler::of_notes(Notes& notes, const std::vector<std::pair<Example, double>>& examples) {
    Triples t;
    std::array<std::vector<Tensor>, 3> sound, loud;
    for (int64_t i = 0; i < training_recipe().pair_group; ++i) {
        auto [triple, position] = examples[size_t(random_index(examples.size()))];
        if (random_unit() < .5) {
            std::swap(triple[0], triple[2]);
            position = 1 - position;
        }
        const auto frame = draw_frame(notes.set);
        for (size_t s = 0; s < triple.size(); ++s) {
            sound[s].push_back(notes.frame(triple[s], frame));
            loud[s].push_back(notes.frame(triple[s], notes.loud_frame(triple[s])));
        }
        t.position.push_back(position);
        t.mask.push_back(notes.set.mask[triple[1]]);
        t.f0.push_back(notes.set.f0[triple[1]]);
        t.velocity.push_back(notes.set.velocity[triple[1]]);
    }
    for (size_t s = 0; s < t.sound.size(); ++s) {
        t.sound[s] = torch::stack(sound[s], 1);
        t.loud[s] = torch::stack(loud[s], 1);
    }
    return t;
}

void PairSampler::append(PairBatch& batch, Triples t, int64_t pitch) {
    const auto f0 = torch::stack(t.f0);
    const auto gains =
        options_.augmented ? random_equaliser(f0, generator_).t() : torch::zeros({feature_count, f0.size(0)});
    std::array<Tensor, 3> x;
    Tensor gain;
    for (size_t s = 0; s < x.size(); ++s) {
        const auto sound = equalised(t.sound[s], gains);
        const auto levels = torch::stack({level_of(equalised(t.loud[s], gains)), level_of(sound)}, 1);
        const auto raise = normalising_gain(levels).select(1, 1);
        if (s == 1) gain = raise;
        x[s] = to_network_units(torch::where(is_audible(sound), sound + raise, sound)).t().unsqueeze(2);
    }
    const auto joined = [](const Tensor& all, const Tensor& more) {
        return all.defined() ? torch::cat({all, more}) : more;
    };
    batch.a = joined(batch.a, x[0]);
    batch.between = joined(batch.between, x[1]);
    batch.b = joined(batch.b, x[2]);
    batch.position = joined(batch.position, to_tensor(t.position));
    batch.mask = joined(batch.mask, torch::stack(t.mask));
    batch.c = joined(batch.c, make_conditioning(f0, torch::stack(t.velocity)));
    batch.exact = joined(batch.exact, torch::full({f0.size(0)}, t.exact ? 1.f : 0.f));
    batch.gain = joined(batch.gain, gain);
    batch.pitches.insert(batch.pitches.end(), t.position.size(), pitch);
}

PairBatch PairSampler::next() {
    const torch::NoGradGuard no_grad;
    PairBatch batch;
    const auto& r = training_recipe();
    for (int64_t group = 0; group < r.pair_groups; ++group) {
        const double kind = random_unit(), knobs = r.parameter_triple_fraction,
                     velocities = knobs + r.velocity_triple_fraction;
        const bool all = options_.kind == PairKind::all;
        if (options_.kind == PairKind::knobs || (all && kind < knobs && !knobs_by_pitch_.empty())) {
            const auto pitch = random_pitch(knobs_by_pitch_, random_unit());
            append(batch, of_notes(*chains_, knobs_by_pitch_.at(pitch)), pitch);
        } else if (all && kind >= knobs && kind < velocities && !velocities_by_pitch_.empty()) {
            const auto pitch = random_pitch(velocities_by_pitch_, random_unit());
            append(batch, of_notes(notes_, velocities_by_pitch_.at(pitch)), pitch);
        } else {
            const auto pitch = random_pitch(notes_by_pitch_, random_unit());
            append(batch, through_bodies(pitch), pitch);
        }
    }
    return batch;
}

} // namespace timbrel::models
