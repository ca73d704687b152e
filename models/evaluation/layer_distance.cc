#include "models/evaluation/layer_distance.h"

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

constexpr std::array rows{"dB", "network", "layer"};
constexpr double heard_seconds = 3;
constexpr double differing = 6; // dB by which corners must die away differently for their middle to be judged

struct Found {
    std::vector<double> pair, square, late;
};

// Corners that lie side by side, and those around a square.
std::vector<std::vector<size_t>> neighbours(const PlaneRecipe& r) {
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

audio::BandPower recorded_power(const Tensor& sound) {
    const int64_t length = int64_t(heard_seconds * model_rate);
    const auto part = sound.slice(1, 0, length);
    return audio::band_power(audio_of(torch::constant_pad_nd(part, {0, length - part.size(1)})));
}

class NoteJudge {
  public:
    NoteJudge(const PlaneSources& sources, const Autoencoder& network, size_t pitch, torch::Device device)
        : sources_(sources), network_(network), pitch_(pitch), layer_(sources.recipe().velocities.size() - 1),
          device_(device), plan_(sources.plan(pitch)), groups_(neighbours(sources.recipe())) {}

    void judge(double imagine, Found& found) const {
        const auto count = int64_t(sources_.recipe().sources.size());
        auto shares = torch::zeros({count + int64_t(groups_.size()), count});
        shares.slice(0, 0, count).copy_(torch::eye(count));
        for (size_t g = 0; g < groups_.size(); ++g)
            for (const size_t c : groups_[g]) shares[count + int64_t(g)][int64_t(c)] = 1. / double(groups_[g].size());
        auto setting = sources_.setting(pitch_, layer_);
        setting.imagine = imagine;
        const auto rendering =
            PlaneNote(network_, sources_.corners(pitch_)[layer_], setting, plan_, device_).render(shares);
        std::vector<audio::BandPower> powers;
        for (int64_t i = 0; i < shares.size(0); ++i)
            powers.push_back(audio::band_power(audio_of(
                played(rendering.sound[i].to(torch::kCPU), plan_.loop, rendering.decay[size_t(i)], heard_seconds))));
        for (size_t g = 0; g < groups_.size(); ++g) compare(groups_[g], powers, powers[size_t(count) + g], found);
    }

    void judge_layers(Found& found) const {
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
            compare(group, powers, recorded_power(sum), found);
        }
    }

  private:
    static void compare(const std::vector<size_t>& group, const std::vector<audio::BandPower>& corners,
                        const audio::BandPower& middle, Found& found) {
        std::vector<audio::BandPower> around;
        for (const size_t c : group) around.push_back(corners[c]);
        const auto loud = [](const audio::BandPower& p) { return *std::ranges::max_element(p.values) > 1e-6f; };
        if (!loud(middle) || !std::ranges::all_of(around, loud)) return; // silent at this pitch
        const double distance = audio::nearest_layering(middle, around).distance;
        (group.size() == 2 ? found.pair : found.square).push_back(distance);
        if (group.size() != 2) return;
        const double first = audio::late_level(around[0]), second = audio::late_level(around[1]);
        if (std::abs(second - first) >= differing)
            found.late.push_back((audio::late_level(middle) - first) / (second - first));
    }

    const PlaneSources& sources_;
    const Autoencoder& network_;
    size_t pitch_, layer_;
    torch::Device device_;
    OscillatorPlan plan_;
    std::vector<std::vector<size_t>> groups_;
};

} // namespace

json judge_between(const PlaneSources& sources, Autoencoder network, torch::Device device) {
    std::array<Found, rows.size()> all;
    std::mutex adding, playing;
    in_parallel(sources.recipe().pitches.size(), [&](size_t p) {
        const torch::NoGradGuard no_grad;
        std::array<Found, rows.size()> here;
        const NoteJudge judge(sources, network, p, device);
        judge.judge(0, here[0]);
        judge.judge(1, here[1]);
        {
            const std::lock_guard lock(playing); // a source serves one thread at a time
            judge.judge_layers(here[2]);
        }
        const std::lock_guard lock(adding);
        for (size_t r = 0; r < rows.size(); ++r)
            for (auto part : {&Found::pair, &Found::square, &Found::late})
                (all[r].*part).insert((all[r].*part).end(), (here[r].*part).begin(), (here[r].*part).end());
    });
    json result;
    for (size_t r = 0; r < rows.size(); ++r)
        result[rows[r]] = {{"pair_layer", spread(all[r].pair)},
                           {"square_layer", spread(all[r].square)},
                           {"late_index", spread(all[r].late)}};
    return result;
}

} // namespace timbrel::models
