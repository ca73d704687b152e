// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/evaluate_truth.h"

#include "models/audio/analysis/spectral_distance.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"
#include "models/training/training_notes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace timbrel::models {
namespace {

using nlohmann::json;

struct MethodDistance {
    double elsd = 0, attack_elsd = 0;
};
using PositionDistances = std::array<MethodDistance, truth_methods.size()>;

struct TripleDistances {
    double distance_of_ends = 0; // ELSD, dB
    std::array<PositionDistances, truth_positions.size()> positions;
};

constexpr size_t index_of(TruthMethod method) { return size_t(method); }

audio::Audio compared_audio(const Tensor& x) { return to_audio(x.slice(1, 0, int64_t(truth_seconds * model_rate))); }

TripleDistances distances_of(const NoteModelPtr& network, const TruthTriple& triple, torch::Device device) {
    const auto [sounds, distance_of_ends] = record_triple(triple);
    TripleDistances result{distance_of_ends, {}};
    const auto rendered = rendered_methods(network, sounds, triple.pitch, triple.velocity,
                                           {truth_positions.begin(), truth_positions.end()}, device);
    for (size_t s = 0; s < truth_positions.size(); ++s) {
        const auto truth = compared_audio(sounds.truth[s]);
        for (size_t m = 0; m < truth_methods.size(); ++m) {
            const auto d = audio::distances(truth, to_audio(rendered[s][m]));
            if (std::isnan(d.elsd) || std::isnan(d.attack_elsd)) throw audio::AudioError("silent at the start");
            result.positions[s][m] = {d.elsd, d.attack_elsd};
        }
    }
    return result;
}

double mean_over(const std::vector<TripleDistances>& notes, auto&& value) {
    double sum = 0;
    for (const auto& note : notes) sum += value(note);
    return sum / double(notes.size());
}

json position_to_json(const std::vector<TripleDistances>& notes, size_t position) {
    const auto mean = [&](size_t method, double MethodDistance::*measure) {
        return mean_over(notes, [&](const auto& n) { return n.positions[position][method].*measure; });
    };
    const auto ratio = [&](double MethodDistance::*measure) {
        return mean_over(notes, [&](const auto& n) {
            return n.positions[position][index_of(TruthMethod::network)].*measure /
                   (n.positions[position][index_of(TruthMethod::mean_in_db)].*measure);
        });
    };
    json j;
    for (size_t m = 0; m < truth_methods.size(); ++m)
        j[truth_method_keys[m]] = {{"elsd", mean(m, &MethodDistance::elsd)},
                                   {"attack_elsd", mean(m, &MethodDistance::attack_elsd)}};
    j["ratio"] = ratio(&MethodDistance::elsd);
    j["attack_ratio"] = ratio(&MethodDistance::attack_elsd);
    j["ratio_of_means"] = mean(index_of(TruthMethod::network), &MethodDistance::elsd) /
                          mean(index_of(TruthMethod::mean_in_db), &MethodDistance::elsd);
    return j;
}

json family_to_json(const std::string& name, const std::vector<TripleDistances>& notes) {
    json j{{"name", name},
           {"notes", notes.size()},
           {"distance_of_ends", mean_over(notes, [](const auto& n) { return n.distance_of_ends; })}};
    for (size_t s = 0; s < truth_positions.size(); ++s)
        j["positions"][truth_position_keys[s]] = position_to_json(notes, s);
    return j;
}

// The mean of all numbers in structures of one form.
json mean_of(const std::vector<json>& values) {
    if (values.front().is_object()) {
        json j;
        for (const auto& [key, _] : values.front().items()) {
            std::vector<json> parts;
            for (const auto& value : values) parts.push_back(value[key]);
            j[key] = mean_of(parts);
        }
        return j;
    }
    double sum = 0;
    for (const auto& value : values) sum += value.get<double>();
    return sum / double(values.size());
}

json group_to_json(const std::string& name, const std::vector<json>& families) {
    const auto ratio = [](const json& family) { return family["positions"]["0.5"]["ratio"].get<double>(); };
    json mean;
    std::vector<json> distance_of_ends, positions;
    int notes = 0;
    for (const auto& family : families) {
        notes += family["notes"].get<int>();
        distance_of_ends.push_back(family["distance_of_ends"]);
        positions.push_back(family["positions"]);
    }
    const auto worst = std::ranges::max_element(families, {}, ratio);
    return {{"name", name},
            {"families", families},
            {"mean",
             {{"notes", notes}, {"distance_of_ends", mean_of(distance_of_ends)}, {"positions", mean_of(positions)}}},
            {"worst", {{"name", (*worst)["name"]}, {"ratio", ratio(*worst)}}}};
}

json triple_to_json(const TruthTriple& triple, const TripleDistances& distances) {
    json j{{"group", triple.group}, {"note", triple.note}};
    j.update(family_to_json(triple.family, {distances}));
    return j;
}

// Names in the order of their first triples.
std::vector<std::string> names_of(const std::vector<TruthTriple>& triples, std::string TruthTriple::*name,
                                  const std::string& group = "") {
    std::vector<std::string> names;
    for (const auto& triple : triples)
        if ((group.empty() || triple.group == group) && std::ranges::find(names, triple.*name) == names.end())
            names.push_back(triple.*name);
    return names;
}

} // namespace

RecordedTriple record_triple(const TruthTriple& triple) {
    const auto play = triple.open();
    const auto recorded = [&](double setting) {
        const auto sound = play(setting);
        if (sound.abs().max().item<float>() < audible_peak()) throw audio::AudioError("silent");
        return sound;
    };
    RecordedTriple result{{recorded(0), recorded(1), {}}, 0};
    result.distance_of_ends = audio::distances(compared_audio(result.sounds.a), compared_audio(result.sounds.b)).elsd;
    if (std::isnan(result.distance_of_ends) || result.distance_of_ends < min_distance_of_ends)
        throw audio::AudioError("the ends sound alike");
    for (const double position : truth_positions) result.sounds.truth.push_back(recorded(position));
    return result;
}

json evaluate_triples(const NoteModelPtr& network, const std::vector<TruthTriple>& triples, torch::Device device) {
    std::vector<std::optional<TripleDistances>> distances(triples.size());
    std::vector<std::string> errors(triples.size());
    parallel_for(triples.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        try {
            distances[i] = distances_of(network, triples[i], device);
        } catch (const audio::AudioError& error) {
            errors[i] = error.what();
        }
    });
    json result{{"groups", json::array()}, {"triples", json::array()}, {"left_out", json::array()}};
    for (const auto& group : names_of(triples, &TruthTriple::group)) {
        std::vector<json> families;
        for (const auto& family : names_of(triples, &TruthTriple::family, group)) {
            std::vector<TripleDistances> notes;
            for (size_t i = 0; i < triples.size(); ++i)
                if (triples[i].group == group && triples[i].family == family && distances[i])
                    notes.push_back(*distances[i]);
            if (!notes.empty()) families.push_back(family_to_json(family, notes));
        }
        if (!families.empty()) result["groups"].push_back(group_to_json(group, families));
    }
    for (size_t i = 0; i < triples.size(); ++i) {
        const auto& triple = triples[i];
        if (distances[i])
            result["triples"].push_back(triple_to_json(triple, *distances[i]));
        else
            result["left_out"].push_back(
                {{"group", triple.group}, {"family", triple.family}, {"note", triple.note}, {"why", errors[i]}});
    }
    return result;
}

json evaluate_truth(const NoteModelPtr& network, Split split, torch::Device device) {
    return evaluate_triples(network, truth_triples(split), device);
}

} // namespace timbrel::models
