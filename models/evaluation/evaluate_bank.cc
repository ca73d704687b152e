#include "models/audio/analysis/spectral_distance.h"
#include "models/bake/baker.h"
#include "models/bake/bank_cells.h"
#include "models/bake/fine_tune.h"
#include "models/evaluation/corner_fidelity.h"
#include "models/evaluation/evaluate.h"
#include "models/evaluation/layer_distance.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace timbrel::models {
namespace {

using nlohmann::json;

struct Mean {
    double sum = 0, worst = 0;
    int count = 0;
    void add(double x) {
        sum += x;
        worst = std::max(worst, x);
        ++count;
    }
    double mean() const { return count ? sum / count : 0; }
};

} // namespace

json judge_bank(const std::string& path, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const auto bank = engine::Bank::open(path);
    const auto recipe = recipe_of(*bank);
    auto network = open_network(recipe.model, device);
    const PlaneSources sources(recipe, device);
    if (const auto& about = bank->metadata(); about.contains("adapted")) // with which it was baked
        adapt(network, sources, device,
              [steps = about["adapted"]["steps"].get<int64_t>()](int64_t done) { return done >= steps; });
    const size_t corner_count = recipe.sources.size(), layers = recipe.velocities.size();

    std::vector<Mean> elsd(corner_count), attack(corner_count), floor(corner_count), floor_attack(corner_count);
    Mean grid, seam;
    double detuning = 0;
    std::mutex adding;
    // A source serves one thread at a time, so corners go side by side.
    in_parallel(corner_count, [&](size_t c) {
        for (size_t p = 0; p < recipe.pitches.size(); ++p)
            for (size_t v = 0; v < layers; ++v) {
                const auto& e = bank->entry(bank->note(uint32_t(p), uint32_t(v)), corner_cell(*bank, recipe, c));
                const auto truth = judge_corner(sources, c, p, v, held(*bank, e));
                if (!truth) continue;
                elsd[c].add(truth->cell.elsd);
                attack[c].add(truth->cell.attack_elsd);
                floor[c].add(truth->floor.elsd);
                floor_attack[c].add(truth->floor.attack_elsd);
            }
    });
    const auto shares = centre_shares(recipe);
    in_parallel(recipe.pitches.size() * layers, [&](size_t i) {
        const size_t p = i / layers, v = i % layers;
        const auto plan = sources.plan(p);
        const auto truth =
            PlaneNote(network, sources.corners(p)[v], sources.setting(p, v), plan, device).render(shares).sound;
        Mean errors, seams;
        const uint32_t note = bank->note(uint32_t(p), uint32_t(v));
        const auto cell = [&](int64_t k) { return stored(*bank, bank->entry(note, uint32_t(k))); };
        for (const double e : grid_errors(recipe, truth, cell)) errors.add(e);
        for (uint32_t k = 0; k < bank->cells(); ++k) {
            const auto& e = bank->entry(note, k);
            if (e.gain > 0)
                seams.add(audio::loop_seam(audio_of(stored(*bank, e).slice(1, e.loop_start, e.loop_end))).flux);
        }
        const std::lock_guard lock(adding);
        for (auto [to, from] : {std::pair{&grid, &errors}, {&seam, &seams}}) {
            to->sum += from->sum;
            to->count += from->count;
            to->worst = std::max(to->worst, from->worst);
        }
        detuning = std::max(detuning, plan.detuning);
    });
    json result{{"bank", path}, {"corners", json::array()}};
    for (size_t c = 0; c < corner_count; ++c)
        result["corners"].push_back({{"name", sources.names()[c]},
                                     {"elsd", elsd[c].mean()},
                                     {"attack_elsd", attack[c].mean()},
                                     {"floor_elsd", floor[c].mean()},
                                     {"floor_attack_elsd", floor_attack[c].mean()}});
    result["grid_error"] = {{"mean", grid.mean()}, {"worst", grid.worst}, {"squares", grid.count}};
    result["seams"] = {
        {"mean", seam.mean()}, {"worst", seam.worst}, {"detuning_cents", detuning}, {"loops", seam.count}};
    result["between"] = judge_between(sources, network, device);
    return result;
}

} // namespace timbrel::models
