// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/inharmonic.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/knobs/struck_sounds.h"
#include "models/audio/sources/source.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/spectral/note_spectrum.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>

namespace timbrel::models {
namespace {

using audio::Struck;
using nlohmann::json;

constexpr int velocity = 100;
constexpr double seconds = 2; // of a note, which are compared
constexpr int bands = 24;
constexpr double lowest_band = 100, highest_band = 8000; // Hz
constexpr double quantile = .2, floor_range = 110;       // fraction of the bins; dB under the strongest bin
const std::vector<int> keys{55, 67};

struct InharmonicCase {
    std::string name;
    std::function<std::unique_ptr<audio::Source>()> open;
};

class StruckSource final : public audio::Source {
  public:
    StruckSource(Struck kind, uint64_t seed) : kind_(kind), seed_(seed) {}

    std::string name() const override { return "modal " + audio::struck_name(kind_); }
    nlohmann::json provenance() const override { return {{"type", "synthesis"}, {"name", name()}}; }
    audio::Recording note(int pitch, int strength, double hold_seconds, double release_seconds) override {
        return {double(pitch), strength, hold_seconds,
                audio::strike(audio::struck_sound(kind_, pitch, seed_), hold_seconds + release_seconds, seed_), name()};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    Struck kind_;
    uint64_t seed_;
};

std::vector<InharmonicCase> cases_of(Split split) {
    std::vector<InharmonicCase> cases;
    const bool test = split == Split::test;
    for (const int program : test ? std::vector{9, 11, 14, 47, 108, 114} : std::vector{8, 10, 13, 112, 113, 117}) {
        const auto spec = development_font() + ":0:" + std::to_string(program);
        cases.push_back({spec, [spec] { return audio::open_source(spec); }});
    }
    for (const Struck kind : audio::struck_kinds)
        for (const uint64_t seed : test ? std::array{71, 72} : std::array{1, 2})
            cases.push_back({"modal", [kind, seed] { return std::make_unique<StruckSource>(kind, seed); }});
    return cases;
}

Tensor cut(const Tensor& sound) { return sound.slice(1, 0, int64_t(seconds * model_rate)); }

// The level of the floor in each band, dB re the strongest bin.
Tensor floors(const Tensor& sound) {
    const auto part = sound.slice(1, int64_t(.3 * model_rate), int64_t(1.3 * model_rate)).to(torch::kDouble);
    const auto power =
        torch::fft_rfft(part * torch::hann_window(part.size(1), true, torch::kDouble)).abs().square().sum(0);
    const auto level = (10 * torch::log10(power / power.max() + 1e-20)).clamp_min(-floor_range);
    const auto edges = erb_points(bands + 1, lowest_band, highest_band);
    const double bin = double(model_rate) / double(part.size(1));
    auto result = torch::empty({bands});
    for (int b = 0; b < bands; ++b)
        result[b] = torch::quantile(
            level.slice(0, int64_t(edges[size_t(b)] / bin), int64_t(edges[size_t(b) + 1] / bin)), quantile);
    return result;
}

} // namespace

double floor_rise(const Tensor& original, const Tensor& sound) {
    return (floors(sound) - floors(original)).mean().item<double>();
}

std::vector<json> evaluate_inharmonic_source(std::unique_ptr<audio::Source> source, torch::Device device) {
    const torch::NoGradGuard no_grad;
    auto recipe = single_corner_recipe(source->name(), keys, velocity);
    recipe.seconds = seconds;
    SourceList list;
    list.push_back(std::move(source));
    const PlaneSources sources(recipe, std::move(list), device);
    std::vector<json> notes;
    for (size_t p = 0; p < keys.size(); ++p) {
        const auto original = cut(sources.original(0, p, 0));
        const auto [sound, loop, decay] = single_corner_cell(sources, p, device);
        const auto cell = cut(unroll_loop(sound, loop, decay, seconds));
        const auto d = audio::distances(to_audio(original), to_audio(cell));
        if (std::isnan(d.elsd)) continue;
        notes.push_back({{"name", sources.names()[0]},
                         {"key", keys[p]},
                         {"elsd", d.elsd},
                         {"attack_elsd", d.attack_elsd},
                         {"floor", floor_rise(original, cell)}});
    }
    return notes;
}

json evaluate_inharmonic(Split split, torch::Device device) {
    const auto cases = cases_of(split);
    const auto [notes, left_out] = evaluate_cases(
        cases.size(), [&](size_t i) { return cases[i].name; },
        [&](size_t i) { return evaluate_inharmonic_source(cases[i].open(), device); });
    json result{{"notes", notes}, {"left_out", left_out}};
    for (const char* key : {"elsd", "attack_elsd", "floor"}) {
        std::vector<double> values;
        for (const auto& note : notes) values.push_back(note[key]);
        result[key] = summary_stats(values);
    }
    return result;
}

void print_inharmonic(const json& j) {
    std::printf("\nBells, gongs, bars and drums: ELSD and attack ELSD of the corner in dB, rise of the floor between "
                "partials in dB\n%-40s %4s %8s %8s %8s\n",
                "", "key", "ELSD", "attack", "floor");
    const auto print_line = [](const std::string& name, const std::string& key, const json& elsd, const json& attack,
                               const json& floor) {
        std::printf("%-40.40s %4s %8.2f %8.2f %8.1f\n", name.c_str(), key.c_str(), elsd.get<double>(),
                    attack.get<double>(), floor.get<double>());
    };
    for (const auto& note : j["notes"])
        print_line(printable(note["name"].get<std::string>()), note_name(note["key"].get<int>()), note["elsd"],
                   note["attack_elsd"], note["floor"]);
    if (!j["notes"].empty())
        for (const char* what : {"mean", "most"})
            print_line(what, "", j["elsd"][what], j["attack_elsd"][what], j["floor"][what]);
    print_left_out(j);
}

} // namespace timbrel::models
