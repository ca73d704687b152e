// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/layer_distance.h"

#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/audio/analysis/nearest_layering.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr std::array rows{"dB", "network", "layer"}; // JSON keys
constexpr double sounding_seconds = 3;
constexpr double least_decay_difference = 6; // dB between late levels of two corners for which late_index is defined
constexpr float silent_power = 1e-6f;
constexpr double least_power = 1e-12;    // of partials and of noise, so that their ratio is finite
constexpr int64_t harmonicity_from = 20; // frames, after the attack

struct LayerDistances {
    std::vector<double> pair, square, late_index, network_change, harmonicity_change;
};

// Pairs of adjacent corners and the corners of each square, as indices into the recipe's sources.
std::vector<std::vector<size_t>> adjacent_corners(const PlaneRecipe& r) {
    std::vector<std::vector<size_t>> groups;
    const auto at = [&](int column, int row) { return size_t(row * r.across + column); };
    for (int y = 0; y < r.down; ++y)
        for (int x = 0; x < r.across; ++x) {
            const bool east = x + 1 < r.across, south = y + 1 < r.down;
            if (east) groups.push_back({at(x, y), at(x + 1, y)});
            if (south) groups.push_back({at(x, y), at(x, y + 1)});
            if (east && south) groups.push_back({at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)});
        }
    return groups;
}

// Of `sounding_seconds`, padded with silence.
audio::BandPower recorded_power(const Tensor& sound) {
    const int64_t length = int64_t(sounding_seconds * model_rate);
    const auto part = sound.slice(1, 0, length);
    return audio::band_power(to_audio(torch::constant_pad_nd(part, {0, length - part.size(1)})));
}

// Power of partials over that of noise, in dB, after the attack.
double harmonic_to_noise_ratio(const audio::Audio& sound, double f0, torch::Device device) {
    const auto s = analyse(to_stereo_tensor(sound), f0, device).spectrum;
    const auto from = std::min(harmonicity_from, s.frames() - 1);
    const auto widths = to_tensor(noise_band_widths()).to(s.noise.device());
    const double partials = s.partial.slice(0, from).square().sum().item<double>() / 2;
    const double noise = (s.noise.slice(0, from).square() * widths).sum().item<double>();
    return power_to_db((partials + least_power) / (noise + least_power));
}

// Measures the midpoints of all groups of adjacent corners at one pitch, at the highest velocity.
class NoteEvaluator {
  public:
    NoteEvaluator(const PlaneSources& sources, const NoteModelPtr& network, size_t pitch, torch::Device device)
        : sources_(sources), network_(network), pitch_(pitch), layer_(sources.recipe().velocities.size() - 1),
          device_(device), plan_(sources.plan(pitch)), groups_(adjacent_corners(sources.recipe())) {}

    // The corners, then the midpoints of all groups, as held keys.
    std::vector<audio::Audio> render(double network_amount) const {
        const auto count = int64_t(sources_.recipe().sources.size());
        auto weights = torch::zeros({count + int64_t(groups_.size()), count});
        weights.slice(0, 0, count).copy_(torch::eye(count));
        for (size_t g = 0; g < groups_.size(); ++g)
            for (const size_t c : groups_[g]) weights[count + int64_t(g)][int64_t(c)] = 1. / double(groups_[g].size());
        auto setting = sources_.setting(pitch_, layer_);
        setting.network_amount = network_amount;
        const auto rendering =
            PlaneNote(network_, sources_.corners(pitch_)[layer_], setting, plan_, device_).render(weights);
        std::vector<audio::Audio> sounds;
        for (int64_t i = 0; i < weights.size(0); ++i)
            sounds.push_back(to_audio(unroll_loop(rendering.sound[i].to(torch::kCPU), plan_.loop,
                                                  rendering.decay[size_t(i)], sounding_seconds)));
        return sounds;
    }

    // Of the rendered midpoints from the rendered corners.
    void evaluate_rendering(const std::vector<audio::Audio>& sounds, LayerDistances& distances) const {
        std::vector<audio::BandPower> powers;
        for (const auto& sound : sounds) powers.push_back(audio::band_power(sound));
        for (size_t g = 0; g < groups_.size(); ++g)
            add_distance(groups_[g], powers, powers[sources_.recipe().sources.size() + g], distances);
    }

    // What the network changes of the midpoints.
    void evaluate_change(const std::vector<audio::Audio>& without, const std::vector<audio::Audio>& with,
                         LayerDistances& distances) const {
        const auto count = sources_.recipe().sources.size();
        std::vector<double> harmonicity;
        for (const auto& sound : with)
            harmonicity.push_back(harmonic_to_noise_ratio(sound, sources_.f0(pitch_), device_));
        for (size_t g = 0; g < groups_.size(); ++g) {
            const double elsd = audio::distances(without[count + g], with[count + g]).elsd;
            if (std::isnan(elsd)) continue; // silent
            double corners = 0;
            for (const size_t c : groups_[g]) corners += harmonicity[c] / double(groups_[g].size());
            distances.network_change.push_back(elsd);
            distances.harmonicity_change.push_back(harmonicity[count + g] - corners);
        }
    }

    // Of the sums of the recordings from the recordings.
    void evaluate_layers(LayerDistances& distances) const {
        std::vector<Tensor> sounds;
        std::vector<audio::BandPower> powers;
        for (size_t c = 0; c < sources_.recipe().sources.size(); ++c) {
            sounds.push_back(sources_.original(c, pitch_, layer_));
            powers.push_back(recorded_power(sounds.back()));
        }
        for (const auto& group : groups_) {
            int64_t length = 0;
            for (const size_t c : group) length = std::max(length, sounds[c].size(1));
            auto sum = torch::zeros({2, length});
            for (const size_t c : group) sum.slice(1, 0, sounds[c].size(1)) += sounds[c] / double(group.size());
            add_distance(group, powers, recorded_power(sum), distances);
        }
    }

  private:
    static void add_distance(const std::vector<size_t>& group, const std::vector<audio::BandPower>& corner_powers,
                             const audio::BandPower& midpoint, LayerDistances& distances) {
        std::vector<audio::BandPower> corners;
        for (const size_t c : group) corners.push_back(corner_powers[c]);
        const auto audible = [](const audio::BandPower& p) {
            return *std::ranges::max_element(p.values) > silent_power;
        };
        if (!audible(midpoint) || !std::ranges::all_of(corners, audible)) return;
        const double distance = audio::nearest_layering(midpoint, corners).distance;
        (group.size() == 2 ? distances.pair : distances.square).push_back(distance);
        if (group.size() != 2) return;
        const double first = audio::late_level(corners[0]), second = audio::late_level(corners[1]);
        if (std::abs(second - first) >= least_decay_difference)
            distances.late_index.push_back((audio::late_level(midpoint) - first) / (second - first));
    }

    const PlaneSources& sources_;
    const NoteModelPtr& network_;
    size_t pitch_, layer_;
    torch::Device device_;
    OscillatorPlan plan_;
    std::vector<std::vector<size_t>> groups_;
};

} // namespace

json evaluate_layer_distance(const PlaneSources& sources, const NoteModelPtr& network, torch::Device device) {
    std::array<LayerDistances, rows.size()> all;
    std::mutex all_mutex, source_mutex;
    parallel_for(sources.recipe().pitches.size(), [&](size_t p) {
        const torch::NoGradGuard no_grad;
        std::array<LayerDistances, rows.size()> note;
        const NoteEvaluator evaluator(sources, network, p, device);
        const auto without = evaluator.render(0), with = evaluator.render(1);
        evaluator.evaluate_rendering(without, note[0]);
        evaluator.evaluate_rendering(with, note[1]);
        evaluator.evaluate_change(without, with, note[1]);
        {
            const std::lock_guard lock(source_mutex); // a source serves one thread at a time
            evaluator.evaluate_layers(note[2]);
        }
        const std::lock_guard lock(all_mutex);
        for (size_t r = 0; r < rows.size(); ++r)
            for (auto part : {&LayerDistances::pair, &LayerDistances::square, &LayerDistances::late_index,
                              &LayerDistances::network_change, &LayerDistances::harmonicity_change})
                (all[r].*part).insert((all[r].*part).end(), (note[r].*part).begin(), (note[r].*part).end());
    });
    json result;
    for (size_t r = 0; r < rows.size(); ++r)
        result[rows[r]] = {{"pair_layer", summary_stats(all[r].pair)},
                           {"square_layer", summary_stats(all[r].square)},
                           {"late_index", summary_stats(all[r].late_index)}};
    result["network"]["network_change"] = summary_stats(all[1].network_change);
    result["network"]["harmonicity_change"] = summary_stats(all[1].harmonicity_change);
    return result;
}

} // namespace timbrel::models
