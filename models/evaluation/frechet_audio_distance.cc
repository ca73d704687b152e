#include "models/evaluation/frechet_audio_distance.h"

#include "models/evaluation/interpolated_notes.h"
#include "models/evaluation/spaces/feature_space.h"
#include "models/evaluation/spaces/frechet.h"
#include "models/evaluation/spaces/preset_classifier.h"
#include "models/evaluation/spaces/timbre_descriptor.h"
#include "models/tensor/parallel.h"
#include "models/training/training_notes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr std::array judged_pitches{48, 60, 72};
constexpr std::array taught_pitches{43, 46, 52, 55, 58, 64, 67, 70, 76};
constexpr std::array betas{0., .5, 1., 2.};
constexpr size_t training_presets = 120, held_out_presets = 60;
constexpr int draws = 1000, drawn_pairs = 14, drawn_presets = 50;
constexpr uint64_t recognisers = 3; // no two of which learn the same space

// Rows of the table: what of the held-out presets is drawn against real notes, and last more of the real notes'
// presets.
enum Row : size_t {
    real,
    corner,
    layer,
    first_beta,
    row_count = first_beta + betas.size(),
    others = row_count,
    every_row
};

using Notes = std::array<Description, judged_pitches.size()>;

struct Preset {
    Instrument instrument;
    std::vector<RealNote> notes; // one for each of judged_pitches; empty where one is silent
};

// Both kinds of numbers of notes [count][pitch], as the spaces take them.
struct Clouds {
    Tensor numbers, pictures; // [count, pitches, 134] and [count, pitches, 64, 160]
};

Clouds clouds_of(const std::vector<Notes>& all) {
    std::vector<Tensor> numbers, pictures;
    for (const auto& notes : all)
        for (const auto& n : notes) numbers.push_back(n.numbers), pictures.push_back(n.picture);
    const auto count = int64_t(all.size()), pitches = int64_t(judged_pitches.size());
    return {torch::stack(numbers).view({count, pitches, -1}),
            torch::stack(pictures).view({count, pitches, picture_rows, picture_columns})};
}

// Draws `count` of the numbers below `all`, none twice.
std::vector<int64_t> drawn(int64_t all, int64_t count, std::mt19937_64& random) {
    std::vector<int64_t> order(size_t(all), 0);
    std::iota(order.begin(), order.end(), 0);
    for (int64_t i = 0; i < std::min(count, all - 1); ++i)
        std::swap(order[size_t(i)], order[size_t(i) + random() % uint64_t(all - i)]);
    order.resize(size_t(std::min(count, all)));
    return order;
}

// Lets `listen` hear the instrument; one that cannot be opened or that fails on the way is left out.
void heard_by(const std::function<void(audio::Source&)>& listen, const Instrument& instrument) {
    try {
        listen(*open_melodic(instrument));
    } catch (const audio::AudioError&) {
    }
}

struct Training {
    std::vector<Notes> judged;
    std::vector<Tensor> taught; // pictures at the taught pitches: [64, 160] each, preset by preset
};

Training hear_training(const std::vector<Instrument>& instruments, torch::Device device) {
    struct Heard {
        std::vector<Description> judged, taught;
    };
    std::vector<Heard> heard(instruments.size());
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto listen = [&](audio::Source& source) {
            const auto describe_at = [&](const auto& pitches, std::vector<Description>& to) {
                for (const int pitch : pitches)
                    if (const auto note = hear(source, pitch, device)) to.push_back(describe(note->spectrum));
            };
            describe_at(judged_pitches, heard[i].judged);
            describe_at(taught_pitches, heard[i].taught);
        };
        heard_by(listen, instruments[i]);
    });
    Training t;
    for (const auto& h : heard) {
        if (h.judged.size() < judged_pitches.size() || h.taught.size() < taught_pitches.size()) continue;
        auto& notes = t.judged.emplace_back();
        std::ranges::copy(h.judged, notes.begin());
        for (const auto& d : h.taught) t.taught.push_back(d.picture);
    }
    return t;
}

std::vector<Preset> hear_held_out(const std::vector<Instrument>& instruments, torch::Device device) {
    std::vector<Preset> presets(instruments.size());
    in_parallel(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        presets[i].instrument = instruments[i];
        const auto listen = [&](audio::Source& source) {
            for (const int pitch : judged_pitches)
                if (auto note = hear(source, pitch, device)) presets[i].notes.push_back(std::move(*note));
        };
        heard_by(listen, instruments[i]);
    });
    std::erase_if(presets, [](const Preset& p) { return p.notes.size() < judged_pitches.size(); });
    return presets;
}

// Every preset beside one of another family, each at most twice.
std::vector<std::array<size_t, 2>> pairs_of(const std::vector<Preset>& presets, std::mt19937_64& random) {
    const auto order = drawn(int64_t(presets.size()), int64_t(presets.size()), random);
    std::vector<std::array<size_t, 2>> pairs;
    for (size_t i = 0; i < order.size(); ++i) {
        const auto a = size_t(order[i]), b = size_t(order[(i + 1) % order.size()]);
        if (presets[a].instrument.family != presets[b].instrument.family) pairs.push_back({a, b});
    }
    return pairs;
}

// Of each row the notes of every pair.
std::array<std::vector<Notes>, row_count> judged_notes(const Autoencoder& network, const std::vector<Preset>& presets,
                                                       const std::vector<std::array<size_t, 2>>& pairs,
                                                       torch::Device device) {
    std::array<std::vector<Notes>, row_count> rows;
    for (auto& r : rows) r.resize(pairs.size());
    in_parallel(pairs.size() * judged_pitches.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const size_t pair = i / judged_pitches.size(), p = i % judged_pitches.size();
        const auto &a = presets[pairs[pair][0]].notes[p], &b = presets[pairs[pair][1]].notes[p];
        const auto keep = [&](size_t row, const NoteSpectrum& note) { rows[row][pair][p] = describe(note); };
        keep(real, a.spectrum);
        keep(layer, layer_of(a, b, judged_pitches[p], device));
        const auto half_way = torch::full({1, 2}, .5), at_a = torch::tensor({{1.f, 0.f}});
        for (size_t k = 0; k < betas.size(); ++k) {
            const auto places = k ? half_way : torch::cat({half_way, at_a}); // a corner needs no β
            const auto notes = notes_between(network, a, b, judged_pitches[p], betas[k], places, device);
            keep(first_beta + k, notes[0]);
            if (!k) keep(corner, notes[1]);
        }
    });
    return rows;
}

// Distances [draws, every_row] in one space, from the descriptions [count, pitches, n] of real notes and of the rows'.
Tensor distances_in(const Tensor& training, const std::array<Tensor, row_count>& rows, const Tensor& weights) {
    const NoteSpace space(training, weights);
    const auto reference = space(training);
    std::array<Tensor, row_count> placed;
    std::ranges::transform(rows, placed.begin(), space);
    std::mt19937_64 random(1);
    auto found = torch::empty({draws, int64_t(every_row)}, torch::kDouble);
    const auto cloud = [](const Tensor& notes, const std::vector<int64_t>& chosen) {
        return gaussian_of(notes.index_select(0, torch::tensor(chosen)).flatten(0, 1));
    };
    for (int d = 0; d < draws; ++d) {
        const auto pairs = drawn(rows[0].size(0), drawn_pairs, random);
        const auto presets = drawn(training.size(0), drawn_presets + drawn_pairs, random);
        const auto after = presets.end() - std::min<int64_t>(drawn_pairs, int64_t(presets.size() / 2));
        const auto real_notes = cloud(reference, {presets.begin(), after});
        const auto keep = [&](size_t r, const Gaussian& notes) {
            found[d][int64_t(r)] = 100 / space.variance() * frechet_distance(notes, real_notes);
        };
        for (size_t r = 0; r < row_count; ++r) keep(r, cloud(placed[r], pairs));
        keep(others, cloud(reference, {after, presets.end()}));
    }
    return found;
}

struct Learned {
    Tensor distances;      // [draws, every_row], the mean over the recognisers' spaces
    double recognised = 0; // share of notes at pitches that were not taught
};

Learned in_learned_spaces(const Training& training, const Clouds& reference,
                          const std::array<Clouds, row_count>& rows) {
    const auto count = reference.numbers.size(0);
    const auto preset = torch::arange(count).repeat_interleave(int64_t(taught_pitches.size()));
    const auto lessons = torch::stack(training.taught);
    Learned learned{torch::zeros({draws, int64_t(every_row)}, torch::kDouble)};
    for (uint64_t seed = 1; seed <= recognisers; ++seed) {
        auto recogniser = taught(lessons, preset, count, seed);
        const torch::NoGradGuard no_grad;
        const auto embedded = [&](const Clouds& clouds) {
            const auto& pictures = clouds.pictures;
            return recogniser->embed(pictures.flatten(0, 1)).view({pictures.size(0), pictures.size(1), -1});
        };
        std::array<Tensor, row_count> embeddings;
        std::ranges::transform(rows, embeddings.begin(), embedded);
        const auto real = embedded(reference);
        learned.distances += distances_in(real, embeddings, torch::ones({real.size(2)})) / double(recognisers);
        const auto verdicts = recogniser(reference.pictures.flatten(0, 1)).argmax(1).view({count, -1});
        const auto right = (verdicts == torch::arange(count).unsqueeze(1)).to(torch::kDouble).mean();
        learned.recognised += right.item<double>() / double(recognisers);
    }
    return learned;
}

json table_of(const Tensor& distances) {
    const auto row = [&](size_t r) {
        const auto mine = distances.select(1, int64_t(r));
        const auto nearer_than = [&](size_t other) -> json {
            if (r == other) return nullptr;
            return (mine < distances.select(1, int64_t(other))).to(torch::kDouble).mean().item<double>();
        };
        return json{{"mean", mine.mean().item<double>()},
                    {"spread", mine.std().item<double>()},
                    {"nearer_than_layer", nearer_than(layer)},
                    {"nearer_than_dB", nearer_than(first_beta)}};
    };
    json table{{"others", row(others)},
               {"real", row(real)},
               {"corner", row(corner)},
               {"layer", row(layer)},
               {"imagine", json::array()}};
    for (size_t k = 0; k < betas.size(); ++k) {
        table["imagine"].push_back(row(first_beta + k));
        table["imagine"].back()["beta"] = betas[k];
    }
    return table;
}

// Each group of numbers weighs as much as every other.
Tensor equal_groups() {
    std::vector<Tensor> weights;
    for (const int n : description_groups) weights.push_back(torch::full({n}, 1 / std::sqrt(double(n))));
    return torch::cat(weights);
}

} // namespace

json judge_reality(const Autoencoder& network, torch::Device device) {
    std::mt19937_64 random(1);
    const auto some = [&](const std::vector<Instrument>& all, size_t count) {
        std::vector<Instrument> sample;
        for (const int64_t i : drawn(int64_t(all.size()), int64_t(count), random)) sample.push_back(all[size_t(i)]);
        return sample;
    };
    const auto training = hear_training(some(reference_instruments(), training_presets), device);
    const auto presets = hear_held_out(some(held_out_instruments(), held_out_presets), device);
    const auto pairs = pairs_of(presets, random);
    std::array<Clouds, row_count> rows;
    std::ranges::transform(judged_notes(network, presets, pairs, device), rows.begin(), clouds_of);
    const auto reference = clouds_of(training.judged);
    std::array<Tensor, row_count> numbers;
    std::ranges::transform(rows, numbers.begin(), &Clouds::numbers);
    const auto learned = in_learned_spaces(training, reference, rows);
    json result{{"pairs", pairs.size()},
                {"presets", presets.size()},
                {"training_presets", training.judged.size()},
                {"draws", draws},
                {"descriptor", table_of(distances_in(reference.numbers, numbers, equal_groups()))},
                {"learned", table_of(learned.distances)}};
    result["learned"]["recognised"] = learned.recognised;
    return result;
}

} // namespace timbrel::models
