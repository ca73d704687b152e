// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/evaluate_landscapes.h"

#include "common/error.h"
#include "common/progress.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/sources/source.h"
#include "models/landscape/embedding.h"
#include "models/landscape/placement.h"
#include "models/tensor/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr char font[] = "TimGM6mb";
constexpr MapSize size{6, 4};
constexpr int drawn_maps = 10, random_draws = 1000;
constexpr unsigned seed = 1;

struct Sound {
    Tensor embedding;
    std::vector<audio::BandPower> notes; // at equal level
};

Sound measured_sound(const std::string& notation, const NoteModel& network, torch::Device device) {
    const auto source = audio::open_source(notation);
    const auto recordings = compared_notes(*source);
    Sound sound{note_embedding(recordings, network, device), {}};
    for (const auto& recording : recordings) {
        auto power = audio::band_power(recording.audio);
        float loudest = 1e-20f;
        for (size_t frame = 0; frame < power.frames; ++frame)
            loudest = std::max(loudest, std::reduce(power.row(frame).begin(), power.row(frame).end()));
        for (float& value : power.values) value /= loudest;
        sound.notes.push_back(std::move(power));
    }
    return sound;
}

double elsd(const Sound& a, const Sound& b) {
    double sum = 0;
    for (size_t i = 0; i < a.notes.size(); ++i)
        sum += audio::erb_distance(a.notes[i], b.notes[i]) + audio::erb_distance(b.notes[i], a.notes[i]);
    return sum / double(2 * a.notes.size());
}

// Neighbours' distances over several maps.
struct Means {
    double map = 0, components = 0, random = 0, least = HUGE_VAL, most = 0;
    int maps = 0;

    void add(const DistanceTable& distances, const Placement& placed, const Placement& by_components) {
        const double ours = neighbour_distance(distances, size, placed),
                     at_random = random_neighbour_distance(distances, size, random_draws);
        map += ours;
        components += neighbour_distance(distances, size, by_components);
        random += at_random;
        least = std::min(least, ours / at_random);
        most = std::max(most, ours / at_random);
        ++maps;
    }

    json to_json() const {
        return {{"map", map / maps},
                {"components", components / maps},
                {"random", random / maps},
                {"least", least},
                {"most", most}};
    }
};

class Evaluation {
  public:
    explicit Evaluation(std::vector<Sound> sounds) : sounds_(std::move(sounds)), elsd_(sounds_.size()) {
        parallel_for(sounds_.size(), [&](size_t a) {
            for (size_t b = 0; b < a; ++b) elsd_.set(a, b, elsd(sounds_[a], sounds_[b]));
        });
    }

    // Places each choice of sounds, as many as a map holds.
    json maps(const std::vector<std::vector<size_t>>& choices) const {
        Means embedding, elsd;
        for (const auto& chosen : choices) {
            const auto x = embeddings(chosen);
            const auto placed = place_on_map(x, size), components = place_by_components(x, size);
            DistanceTable independent(chosen.size());
            for (size_t a = 0; a < chosen.size(); ++a)
                for (size_t b = 0; b < a; ++b) independent.set(a, b, elsd_(chosen[a], chosen[b]));
            embedding.add(DistanceTable(x), placed, components);
            elsd.add(independent, placed, components);
        }
        return {{"maps", choices.size()}, {"embedding", embedding.to_json()}, {"elsd", elsd.to_json()}};
    }

    Tensor embeddings(const std::vector<size_t>& chosen) const {
        std::vector<Tensor> rows;
        for (const size_t i : chosen) rows.push_back(sounds_[i].embedding);
        return torch::stack(rows);
    }

  private:
    std::vector<Sound> sounds_;
    DistanceTable elsd_;
};

} // namespace

json evaluate_landscapes(const NoteModelPtr& network, Split split, torch::Device device) {
    std::vector<std::string> presets;
    for (const auto& instrument : instruments_of(split))
        if (instrument.source == font) presets.push_back(instrument.spec);
    if (presets.size() < size.places()) throw Error(std::string(font) + ": too few presets for a map");
    std::vector<Sound> sounds(presets.size());
    Progress progress("landscapes", sounds.size());
    parallel_for(sounds.size(), [&](size_t i) {
        sounds[i] = measured_sound(presets[i], *network, device);
        progress.step();
    });
    std::vector<size_t> all(sounds.size());
    std::iota(all.begin(), all.end(), 0);
    const Evaluation evaluation(std::move(sounds));
    std::mt19937 random(seed);
    std::vector<std::vector<size_t>> drawn;
    for (int i = 0; i < drawn_maps; ++i) {
        drawn.emplace_back();
        std::ranges::sample(all, std::back_inserter(drawn.back()), int64_t(size.places()), random);
    }
    return {{"presets", presets.size()},
            {"spread", evaluation.maps({spread_over(DistanceTable(evaluation.embeddings(all)), size.places())})},
            {"drawn", evaluation.maps(drawn)}};
}

void print_landscapes(const json& j) {
    std::printf("\nmaps of %d x %d of %d presets of %s: mean distance of neighbours\n", size.columns, size.rows,
                j["presets"].get<int>(), font);
    std::printf("%-28s %5s %8s %10s %8s  %s\n", "", "maps", "map", "components", "random", "map / random");
    for (const auto& [choice, name] : {std::pair{"spread", "spread"}, {"drawn", "drawn at random"}})
        for (const auto& [measure, unit] : {std::pair{"embedding", "embedding"}, {"elsd", "ELSD dB"}}) {
            const auto& m = j[choice][measure];
            std::printf("%-28s %5d %8.2f %10.2f %8.2f  %.2f (%.2f to %.2f)\n",
                        (std::string(name) + ", " + unit).c_str(), j[choice]["maps"].get<int>(), m["map"].get<double>(),
                        m["components"].get<double>(), m["random"].get<double>(),
                        m["map"].get<double>() / m["random"].get<double>(), m["least"].get<double>(),
                        m["most"].get<double>());
        }
}

} // namespace timbrel::models
