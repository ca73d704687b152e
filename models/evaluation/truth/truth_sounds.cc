// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/truth/truth_sounds.h"

#include "common/output_guard.h"
#include "common/units.h"
#include "models/audio/io/audio.h"
#include "models/audio/pictures/rainbowgram.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"

#include <algorithm>
#include <filesystem>

namespace timbrel::models {
namespace {

constexpr double peak_db = -1;
constexpr double fade_seconds = .05; // at the end
constexpr const char* body_families[]{"formants", "resonance"};

std::string file_stem(std::string family) {
    std::ranges::replace(family, ' ', '-');
    std::ranges::replace(family, '/', '-');
    return family;
}

// The first triple of a family, from the middle one on, that can be recorded.
TruthTriple recordable(const std::vector<TruthTriple>& triples, const std::string& group, const std::string& family) {
    std::vector<const TruthTriple*> found;
    for (const auto& triple : triples)
        if (triple.group == group && triple.family == family) found.push_back(&triple);
    for (size_t i = 0; i < found.size(); ++i) {
        const auto& triple = *found[(found.size() / 2 + i) % found.size()];
        try {
            record_triple(triple);
            return triple;
        } catch (const audio::AudioError&) {
        }
    }
    throw Error(group + ": no note of " + family + " can be recorded");
}

struct NamedSound {
    const char *file, *title;
    Tensor sound; // [2, frames]
};

// A, mean in dB, network, truth, B, half way, at their own level.
std::vector<NamedSound> five_sounds(const NoteModelPtr& network, const TruthTriple& triple, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const auto sounds = record_triple(triple).sounds;
    const TripleSounds half_way{sounds.a, sounds.b, {sounds.truth[truth_positions.size() / 2]}};
    const auto rendered = rendered_methods(network, half_way, triple.pitch, triple.velocity, {.5}, device).front();
    const auto cut = [](const Tensor& x) { return x.slice(1, 0, int64_t(truth_seconds * model_rate)); };
    return {{"a", "A", cut(sounds.a)},
            {"mean-in-db", "mean in dB", rendered[size_t(TruthMethod::mean_in_db)]},
            {"network", "network", rendered[size_t(TruthMethod::network)]},
            {"truth", "truth", cut(half_way.truth.front())},
            {"b", "B", cut(sounds.b)}};
}

// To one peak level for all, with a short fade at the end.
void normalise_and_fade(std::vector<NamedSound>& sounds) {
    float peak = 0;
    for (const auto& s : sounds) peak = std::max(peak, s.sound.abs().max().item<float>());
    for (auto& s : sounds) {
        const auto frames = s.sound.size(1);
        const auto left = torch::arange(frames, 0, -1, torch::kFloat) / (fade_seconds * model_rate);
        s.sound = s.sound * (db_to_amplitude(peak_db) / peak) * left.clamp_max(1);
    }
}

void write_triple(const NoteModelPtr& network, const TruthTriple& triple, const std::string& folder,
                  torch::Device device) {
    auto sounds = five_sounds(network, triple, device);
    normalise_and_fade(sounds);
    const auto stem = folder + "/" + file_stem(triple.family) + "-";
    std::vector<audio::Panel> panels;
    for (const auto& s : sounds) {
        panels.push_back({s.title, to_audio(s.sound)});
        audio::write_audio(stem + s.file + ".wav", panels.back().audio);
    }
    audio::draw_rainbowgrams(panels, stem + "between.png");
}

} // namespace

std::vector<TruthTriple> demonstration_triples(const std::vector<TruthTriple>& triples) {
    std::vector<TruthTriple> chosen;
    for (const auto* family : body_families) chosen.push_back(recordable(triples, bodies_group, family));
    std::vector<std::string> held_out, presets;
    for (const auto& triple : triples) {
        if (triple.group == held_out_group) held_out.push_back(triple.family);
        if (triple.group == velocity_group) presets.push_back(triple.family);
    }
    if (held_out.empty() || held_out.front() == held_out.back())
        throw Error("the instruments with knobs that are held out from training are not installed");
    chosen.push_back(recordable(triples, held_out_group, held_out.front()));
    chosen.push_back(recordable(triples, held_out_group, held_out.back()));
    chosen.push_back(recordable(triples, velocity_group, presets.front()));
    return chosen;
}

void write_truth_sounds(const NoteModelPtr& network, const std::vector<TruthTriple>& triples, const std::string& folder,
                        torch::Device device) {
    create_folder(folder, "choose another with --sounds");
    parallel_for(triples.size(), [&](size_t i) { write_triple(network, triples[i], folder, device); });
}

} // namespace timbrel::models
