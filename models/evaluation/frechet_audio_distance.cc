// SPDX-License-Identifier: GPL-3.0-or-later
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

constexpr std::array evaluation_pitches{48, 60, 72};
constexpr std::array classifier_pitches{43, 46, 52, 55, 58, 64, 67, 70, 76}; // on which classifiers are trained
constexpr std::array network_amounts{0., .5, 1., 2.};
constexpr size_t training_presets = 120, held_out_presets = 60;
constexpr int draws = 1000, pairs_per_draw = 14, presets_per_draw = 50;
constexpr uint64_t classifiers = 3; // averaged, because each learns another space

// Rows of the table. `others` is drawn from the training presets, the rows before it from the pairs.
enum Row : size_t {
    real,
    corner,
    layer,
    first_amount,
    pair_row_count = first_amount + network_amounts.size(),
    others = pair_row_count,
    row_count
};

using Notes = std::array<TimbreDescriptor, evaluation_pitches.size()>;

struct Preset {
    CorpusInstrument instrument;
    std::vector<RecordedNote> notes; // one for each of evaluation_pitches
};

// Descriptors of many notes as tensors.
struct NoteTensors {
    Tensor values, spectrograms; // [count, pitches, 134] and [count, pitches, 64, 160]
};

NoteTensors stack_notes(const std::vector<Notes>& all) {
    std::vector<Tensor> values, spectrograms;
    for (const auto& notes : all)
        for (const auto& n : notes) values.push_back(n.values), spectrograms.push_back(n.spectrogram);
    const auto count = int64_t(all.size()), pitches = int64_t(evaluation_pitches.size());
    return {torch::stack(values).view({count, pitches, -1}),
            torch::stack(spectrograms).view({count, pitches, spectrogram_rows, spectrogram_columns})};
}

// `count` random numbers below `all` without repetition, or all of them in random order.
std::vector<int64_t> sample_without_replacement(int64_t all, int64_t count, std::mt19937_64& random) {
    std::vector<int64_t> order(size_t(all), 0);
    std::iota(order.begin(), order.end(), 0);
    for (int64_t i = 0; i < std::min(count, all - 1); ++i)
        std::swap(order[size_t(i)], order[size_t(i) + random() % uint64_t(all - i)]);
    order.resize(size_t(std::min(count, all)));
    return order;
}

// Opens the instrument and calls `use`. Ignores instruments that cannot be opened or fail while in use.
void with_source(const CorpusInstrument& instrument, const std::function<void(audio::Source&)>& use) {
    try {
        use(*open_pitched_source(instrument));
    } catch (const audio::AudioError&) {
    }
}

struct TrainingPresets {
    std::vector<Notes> notes;         // at evaluation_pitches
    std::vector<Tensor> spectrograms; // at classifier_pitches: [64, 160] each, preset by preset
};

TrainingPresets describe_training_presets(const std::vector<CorpusInstrument>& instruments, torch::Device device) {
    struct Descriptors {
        std::vector<TimbreDescriptor> evaluation, classifier;
    };
    std::vector<Descriptors> presets(instruments.size());
    parallel_for(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        with_source(instruments[i], [&](audio::Source& source) {
            const auto describe = [&](const auto& pitches, std::vector<TimbreDescriptor>& to) {
                for (const int pitch : pitches)
                    if (const auto note = record_note(source, pitch, device))
                        to.push_back(timbre_descriptor(note->spectrum));
            };
            describe(evaluation_pitches, presets[i].evaluation);
            describe(classifier_pitches, presets[i].classifier);
        });
    });
    TrainingPresets complete;
    for (const auto& p : presets) {
        if (p.evaluation.size() < evaluation_pitches.size() || p.classifier.size() < classifier_pitches.size())
            continue;
        std::ranges::copy(p.evaluation, complete.notes.emplace_back().begin());
        for (const auto& d : p.classifier) complete.spectrograms.push_back(d.spectrogram);
    }
    return complete;
}

std::vector<Preset> record_held_out_presets(const std::vector<CorpusInstrument>& instruments, torch::Device device) {
    std::vector<Preset> presets(instruments.size());
    parallel_for(instruments.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        presets[i].instrument = instruments[i];
        with_source(instruments[i], [&](audio::Source& source) {
            for (const int pitch : evaluation_pitches)
                if (auto note = record_note(source, pitch, device)) presets[i].notes.push_back(std::move(*note));
        });
    });
    std::erase_if(presets, [](const Preset& p) { return p.notes.size() < evaluation_pitches.size(); });
    return presets;
}

// Pairs of presets of different families; each preset occurs at most twice.
std::vector<std::array<size_t, 2>> pairs_of(const std::vector<Preset>& presets, std::mt19937_64& random) {
    const auto order = sample_without_replacement(int64_t(presets.size()), int64_t(presets.size()), random);
    std::vector<std::array<size_t, 2>> pairs;
    for (size_t i = 0; i < order.size(); ++i) {
        const auto a = size_t(order[i]), b = size_t(order[(i + 1) % order.size()]);
        if (presets[a].instrument.family != presets[b].instrument.family) pairs.push_back({a, b});
    }
    return pairs;
}

// The notes of every pair, for each row.
std::array<std::vector<Notes>, pair_row_count> describe_pairs(const NoteModelPtr& network,
                                                              const std::vector<Preset>& presets,
                                                              const std::vector<std::array<size_t, 2>>& pairs,
                                                              torch::Device device) {
    std::array<std::vector<Notes>, pair_row_count> rows;
    for (auto& r : rows) r.resize(pairs.size());
    parallel_for(pairs.size() * evaluation_pitches.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const size_t pair = i / evaluation_pitches.size(), p = i % evaluation_pitches.size();
        const int pitch = evaluation_pitches[p];
        const auto &a = presets[pairs[pair][0]].notes[p], &b = presets[pairs[pair][1]].notes[p];
        const auto store = [&](size_t row, const NoteSpectrum& note) { rows[row][pair][p] = timbre_descriptor(note); };
        store(real, a.spectrum);
        store(layer, layered_note(a, b, pitch, device));
        const auto midpoint = torch::full({1, 2}, .5), at_a = torch::tensor({{1.f, 0.f}});
        for (size_t k = 0; k < network_amounts.size(); ++k) {
            const auto weights =
                k ? midpoint : torch::cat({midpoint, at_a}); // corners do not depend on the network amount
            const auto notes = interpolated_notes(network, a, b, pitch, network_amounts[k], weights, device);
            store(first_amount + k, notes[0]);
            if (!k) store(corner, notes[1]);
        }
    });
    return rows;
}

// Distances in % of the reference's variance [draws, row_count] in one feature space, from descriptors or embeddings
// [count, pitches, n] of the reference and of the pairs of each row.
Tensor distances_in_space(const Tensor& reference, const std::array<Tensor, pair_row_count>& rows,
                          const Tensor& weights) {
    const FeatureSpace space(reference, weights);
    const auto reference_points = space(reference);
    std::array<Tensor, pair_row_count> points;
    std::ranges::transform(rows, points.begin(), space);
    std::mt19937_64 random(1);
    auto distances = torch::empty({draws, int64_t(row_count)}, torch::kDouble);
    const auto fit = [](const Tensor& notes, const std::vector<int64_t>& chosen) {
        return gaussian_of(notes.index_select(0, torch::tensor(chosen)).flatten(0, 1));
    };
    for (int d = 0; d < draws; ++d) {
        const auto pairs = sample_without_replacement(rows[0].size(0), pairs_per_draw, random);
        const auto presets = sample_without_replacement(reference.size(0), presets_per_draw + pairs_per_draw, random);
        const auto first_other = presets.end() - std::min<int64_t>(pairs_per_draw, int64_t(presets.size() / 2));
        const auto target = fit(reference_points, {presets.begin(), first_other});
        const auto store = [&](size_t r, const Gaussian& notes) {
            distances[d][int64_t(r)] = 100 / space.variance() * frechet_distance(notes, target);
        };
        for (size_t r = 0; r < pair_row_count; ++r) store(r, fit(points[r], pairs));
        store(others, fit(reference_points, {first_other, presets.end()}));
    }
    return distances;
}

struct LearnedDistances {
    Tensor distances;    // [draws, row_count], means over the classifiers
    double accuracy = 0; // of the classifiers at evaluation_pitches
};

LearnedDistances distances_in_learned_spaces(const TrainingPresets& training, const NoteTensors& reference,
                                             const std::array<NoteTensors, pair_row_count>& rows) {
    const auto count = reference.values.size(0);
    const auto labels = torch::arange(count);
    const auto training_labels = labels.repeat_interleave(int64_t(classifier_pitches.size()));
    const auto training_spectrograms = torch::stack(training.spectrograms);
    LearnedDistances learned{torch::zeros({draws, int64_t(row_count)}, torch::kDouble)};
    for (uint64_t seed = 1; seed <= classifiers; ++seed) {
        auto classifier = train_preset_classifier(training_spectrograms, training_labels, count, seed);
        const torch::NoGradGuard no_grad;
        const auto embed = [&](const NoteTensors& notes) {
            const auto& x = notes.spectrograms;
            return classifier->embed(x.flatten(0, 1)).view({x.size(0), x.size(1), -1});
        };
        std::array<Tensor, pair_row_count> embeddings;
        std::ranges::transform(rows, embeddings.begin(), embed);
        const auto embedded_reference = embed(reference);
        const auto weights = torch::ones({embedded_reference.size(2)});
        learned.distances += distances_in_space(embedded_reference, embeddings, weights) / double(classifiers);
        const auto predicted = classifier(reference.spectrograms.flatten(0, 1)).argmax(1).view({count, -1});
        const auto accuracy = (predicted == labels.unsqueeze(1)).to(torch::kDouble).mean();
        learned.accuracy += accuracy.item<double>() / double(classifiers);
    }
    return learned;
}

json table_of(const Tensor& distances) {
    const auto row = [&](size_t r) {
        const auto values = distances.select(1, int64_t(r));
        const auto nearer_than = [&](size_t other) -> json {
            if (r == other) return nullptr;
            return (values < distances.select(1, int64_t(other))).to(torch::kDouble).mean().item<double>();
        };
        return json{{"mean", values.mean().item<double>()},
                    {"standard_deviation", values.std().item<double>()},
                    {"nearer_than_layer", nearer_than(layer)},
                    {"nearer_than_dB", nearer_than(first_amount)}};
    };
    json table{{"others", row(others)},
               {"real", row(real)},
               {"corner", row(corner)},
               {"layer", row(layer)},
               {"network_amounts", json::array()}};
    for (size_t k = 0; k < network_amounts.size(); ++k) {
        table["network_amounts"].push_back(row(first_amount + k));
        table["network_amounts"].back()["network_amount"] = network_amounts[k];
    }
    return table;
}

// Weights of descriptor values that give each group the same total variance.
Tensor equal_group_weights() {
    std::vector<Tensor> weights;
    for (const int n : descriptor_groups) weights.push_back(torch::full({n}, 1 / std::sqrt(double(n))));
    return torch::cat(weights);
}

} // namespace

json evaluate_frechet_audio_distance(const NoteModelPtr& network, Split split, torch::Device device) {
    std::mt19937_64 random(1);
    const auto sample = [&](const std::vector<CorpusInstrument>& all, size_t count) {
        std::vector<CorpusInstrument> chosen;
        for (const int64_t i : sample_without_replacement(int64_t(all.size()), int64_t(count), random))
            chosen.push_back(all[size_t(i)]);
        return chosen;
    };
    const auto training = describe_training_presets(sample(reference_instruments(), training_presets), device);
    const auto presets = record_held_out_presets(sample(instruments_of(split), held_out_presets), device);
    const auto pairs = pairs_of(presets, random);
    std::array<NoteTensors, pair_row_count> rows;
    std::ranges::transform(describe_pairs(network, presets, pairs, device), rows.begin(), stack_notes);
    const auto reference = stack_notes(training.notes);
    std::array<Tensor, pair_row_count> values;
    std::ranges::transform(rows, values.begin(), &NoteTensors::values);
    const auto learned = distances_in_learned_spaces(training, reference, rows);
    json result{{"pairs", pairs.size()},
                {"presets", presets.size()},
                {"training_presets", training.notes.size()},
                {"draws", draws},
                {"descriptor", table_of(distances_in_space(reference.values, values, equal_group_weights()))},
                {"learned", table_of(learned.distances)}};
    result["learned"]["accuracy"] = learned.accuracy;
    return result;
}

} // namespace timbrel::models
