// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/evaluate_corners.h"

#include "common/units.h"
#include "models/audio/analysis/minimum_phase.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/analysis/spectral_envelope.h"
#include "models/audio/sources/transposition.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/morph/plane_sources.h"
#include "models/recipe/recipe.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr int velocity = 100;
constexpr double seconds = 2;       // of a cell, which is longer than what is compared
constexpr double release = .5;      // seconds
constexpr double steady_change = 2; // dB, ELSD
constexpr std::array rows{"on", "between", "transposed", "true_envelope", "resynthesised", "resampled"};

// Distances of each of `rows` over notes or corners.
struct RowValues {
    std::array<std::vector<double>, rows.size()> elsd, attack;
    void add(const std::string& row, double e, double a) {
        const auto i = size_t(std::ranges::find(rows, row) - rows.begin());
        elsd[i].push_back(e);
        attack[i].push_back(a);
    }
    json means() const {
        json j;
        for (size_t i = 0; i < rows.size(); ++i) {
            const auto e = summary_stats(elsd[i]), a = summary_stats(attack[i]);
            if (e.is_null() || a.is_null()) return {};
            j[rows[i]] = {{"elsd", e["mean"]}, {"attack_elsd", a["mean"]}};
        }
        j["rise"] = j["between"]["elsd"].get<double>() - j["on"]["elsd"].get<double>();
        return j;
    }
};

PlaneRecipe recipe_of(const CornerCase& c, std::vector<int> pitches) {
    std::ranges::sort(pitches);
    auto recipe = single_corner_recipe(c.name, std::move(pitches), velocity);
    recipe.seconds = seconds;
    recipe.release = release;
    return recipe;
}

class CornerEvaluator {
  public:
    CornerEvaluator(const CornerCase& corner, torch::Device device)
        : corner_(corner), device_(device), instrument_(corner.open()) {}

    std::string name() const { return instrument_->name(); }

    RowValues evaluate() {
        auto pitches = corner_.on;
        pitches.insert(pitches.end(), corner_.between.begin(), corner_.between.end());
        const auto transposed = sources(pitches, true), bare = sources(corner_.between, false);
        for (size_t p = 0; p < transposed->recipe().pitches.size(); ++p)
            add_cell(std::ranges::count(corner_.on, transposed->recipe().pitches[p]) ? "on" : "between", *transposed,
                     p);
        for (size_t p = 0; p < bare->recipe().pitches.size(); ++p) {
            add_cell("resynthesised", *bare, p);
            add_recordings(bare->recipe().pitches[p]);
        }
        return values_;
    }

  private:
    std::unique_ptr<PlaneSources> sources(const std::vector<int>& pitches, bool known) const {
        SourceList list;
        list.push_back(std::make_unique<SparseSource>(corner_.open(), corner_.recorded, known));
        return std::make_unique<PlaneSources>(recipe_of(corner_, pitches), std::move(list), device_);
    }

    // What a source plays at a key, as long as a cell, which is longer than what is compared.
    audio::Recording played(audio::Source& source, int pitch, double speed = 1) const {
        return source.note(pitch, velocity, (seconds + morph_recipe().hold_margin) * speed, release);
    }

    void add_distance(const char* row, const Tensor& truth, const Tensor& estimate) {
        const auto d = audio::distances(to_audio(cut(truth)), to_audio(cut(estimate)));
        values_.add(row, d.elsd, d.attack_elsd);
    }

    void add_cell(const char* row, const PlaneSources& sources, size_t p) {
        const auto [sound, loop, decay] = single_corner_cell(sources, p, device_);
        const auto cell = unroll_loop(sound, loop, decay, seconds);
        const auto truth = to_stereo_tensor(played(*instrument_, sources.recipe().pitches[p]).audio);
        add_distance(row, truth * sources.gain(0, p, 0), cell);
    }

    // The recordings themselves, without analysis.
    void add_recordings(int pitch) {
        SparseSource sparse(corner_.open(), corner_.recorded, true);
        const auto truth = played(*instrument_, pitch);
        const auto add = [&](const char* row, const audio::Audio& audio) {
            add_distance(row, to_stereo_tensor(truth.audio), to_stereo_tensor(audio));
        };
        add("transposed", audio::note_at_key(sparse, pitch, velocity, truth.hold, release).audio);

        auto nearest = played(sparse, pitch, semitones_to_ratio(audio::max_transposition));
        const double f0 = note_to_hertz(pitch), ratio = f0 / note_to_hertz(nearest.pitch);
        const auto envelope = [&](const audio::Audio& audio, double hz) {
            return audio::SpectralEnvelope(audio, hz, seconds);
        };
        const auto from = envelope(nearest.audio, f0 / ratio), wanted = envelope(truth.audio, f0);
        nearest.audio.rate *= ratio;
        nearest.audio = audio::resampled(nearest.audio, audio::source_rate);
        add("resampled", nearest.audio);
        add("true_envelope", audio::minimum_phase_filtered(
                                 nearest.audio, [&](double hz) { return wanted.at(hz) - from.at(hz / ratio); }));
    }

    Tensor cut(const Tensor& sound) const { return sound.slice(1, 0, int64_t(seconds * model_rate)); }

    const CornerCase& corner_;
    torch::Device device_;
    std::unique_ptr<audio::Source> instrument_;
    RowValues values_;
};

json count_within(const std::vector<json>& corners) {
    std::vector<double> rises;
    for (const auto& c : corners) rises.push_back(c["rise"]);
    const auto within = std::ranges::count_if(rises, [](double rise) { return rise <= 1; });
    const auto stats = summary_stats(rises);
    return {{"corners", corners.size()}, {"within_1_db", within}, {"rise", stats.is_null() ? json() : stats["mean"]}};
}

json summary(const std::vector<json>& corners) {
    RowValues values;
    std::vector<json> steady;
    for (const auto& c : corners) {
        for (const char* row : rows) values.add(row, c[row]["elsd"], c[row]["attack_elsd"]);
        if (c["resampled"]["elsd"].get<double>() <= steady_change) steady.push_back(c);
    }
    auto means = values.means();
    means.update(count_within(corners));
    means["steady"] = count_within(steady);
    return means;
}

} // namespace

json evaluate_corner_case(const CornerCase& corner, torch::Device device) {
    const torch::NoGradGuard no_grad;
    CornerEvaluator evaluator(corner, device);
    auto result = evaluator.evaluate().means();
    if (result.is_null()) return result;
    result["name"] = evaluator.name();
    result["group"] = corner.group;
    return result;
}

json evaluate_corners(Split split, torch::Device device) {
    const auto cases = corner_cases(split);
    std::vector<json> results(cases.size());
    auto left_out = json::array();
    std::mutex mutex;
    parallel_for(cases.size(), [&](size_t i) {
        std::string why = "silent";
        try {
            results[i] = evaluate_corner_case(cases[i], device);
            if (!results[i].is_null()) return;
        } catch (const audio::AudioError& error) {
            why = error.what();
        }
        const std::lock_guard lock(mutex);
        left_out.push_back({{"corner", cases[i].name}, {"why", why}});
    });
    std::erase_if(results, [](const json& result) { return result.is_null(); });
    std::map<std::string, std::vector<json>> groups;
    for (const auto& result : results) groups[result["group"]].push_back(result);
    json j{{"corners", results}, {"left_out", left_out}};
    for (const auto& [name, corners] : groups) j["groups"][name] = summary(corners);
    if (!results.empty()) j["all"] = summary(results);
    return j;
}

} // namespace timbrel::models
