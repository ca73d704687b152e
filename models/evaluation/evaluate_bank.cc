// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/loop_seam.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/bake/baker.h"
#include "models/bake/bank_cells.h"
#include "models/bake/fine_tune.h"
#include "models/evaluation/corner_fidelity.h"
#include "models/evaluation/evaluate.h"
#include "models/evaluation/layer_distance.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"

#include "models/network/autoencoder_model.h"

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
    void operator+=(const Mean& other) {
        sum += other.sum;
        count += other.count;
        worst = std::max(worst, other.worst);
    }
    double mean() const { return count ? sum / count : 0; }
};

struct CornerMeans {
    Mean elsd, attack_elsd, floor_elsd, floor_attack_elsd;
};

struct CellMeans {
    Mean grid_error, seam_flux;
    std::vector<double> steps; // between neighbouring cells, ELSD′ in dB
    double detuning = 0;       // cents; the largest
};

// The model of a bank. Repeats the fine-tuning with which the bank was baked, if its metadata mention any.
NoteModelPtr model_of(const engine::Bank& bank, const PlaneSources& sources, torch::Device device) {
    const auto& metadata = bank.metadata();
    for (const char* key : {"fine_tuned", "adapted"}) // "adapted" until 0.2
        if (metadata.contains(key)) {
            auto network = load_network(sources.recipe().model, device);
            fine_tune(network, sources, device,
                      [steps = metadata[key]["steps"].get<int64_t>()](int64_t done) { return done >= steps; });
            return std::make_shared<AutoencoderModel>(network);
        }
    return load_note_model(sources.recipe().model, device);
}

std::vector<CornerMeans> evaluate_corners(const engine::Bank& bank, const PlaneSources& sources) {
    const auto& recipe = sources.recipe();
    std::vector<CornerMeans> corners(recipe.sources.size());
    // A source serves one thread at a time, so each thread evaluates one corner.
    parallel_for(corners.size(), [&](size_t c) {
        for (size_t p = 0; p < recipe.pitches.size(); ++p)
            for (size_t v = 0; v < recipe.velocities.size(); ++v) {
                const auto& entry = bank.entry(bank.note(uint32_t(p), uint32_t(v)), corner_cell(bank, recipe, c));
                const auto fidelity = evaluate_corner(sources, c, p, v, unrolled_cell(bank, entry));
                if (!fidelity) continue;
                corners[c].elsd.add(fidelity->cell.elsd);
                corners[c].attack_elsd.add(fidelity->cell.attack_elsd);
                corners[c].floor_elsd.add(fidelity->floor.elsd);
                corners[c].floor_attack_elsd.add(fidelity->floor.attack_elsd);
            }
    });
    return corners;
}

// ELSD′ between the cells of a note that are next to each other in a row or in a column; silent cells are left out.
std::vector<double> cell_steps(const engine::Bank& bank, uint32_t note) {
    std::vector<audio::BandPower> powers;
    for (uint32_t k = 0; k < bank.cells(); ++k)
        powers.push_back(audio::band_power(to_audio(cell_samples(bank, bank.entry(note, k)))));
    std::vector<double> steps;
    const auto add = [&](uint32_t a, uint32_t b) {
        if (bank.entry(note, a).gain > 0 && bank.entry(note, b).gain > 0)
            steps.push_back(audio::erb_distance(powers[a], powers[b]));
    };
    for (uint32_t k = 0; k < bank.cells(); ++k) {
        if ((k + 1) % bank.columns() != 0) add(k, k + 1);
        if (k + bank.columns() < bank.cells()) add(k, k + bank.columns());
    }
    return steps;
}

CellMeans evaluate_cells(const engine::Bank& bank, const PlaneSources& sources, const NoteModelPtr& network,
                         torch::Device device) {
    const auto& recipe = sources.recipe();
    const size_t layers = recipe.velocities.size();
    const auto weights = centre_weights(recipe);
    CellMeans all;
    std::mutex mutex;
    parallel_for(recipe.pitches.size() * layers, [&](size_t i) {
        const size_t p = i / layers, v = i % layers;
        const auto plan = sources.plan(p);
        const PlaneNote plane(network, sources.corners(p)[v], sources.setting(p, v), plan, device);
        const auto centres = plane.render(weights).sound.to(torch::kCPU);
        CellMeans means;
        means.detuning = plan.detuning;
        const uint32_t note = bank.note(uint32_t(p), uint32_t(v));
        const auto cell = [&](int64_t k) { return cell_samples(bank, bank.entry(note, uint32_t(k))); };
        for (const double e : grid_errors(recipe, centres, cell)) means.grid_error.add(e);
        for (uint32_t k = 0; k < bank.cells(); ++k) {
            const auto& e = bank.entry(note, k);
            if (e.gain > 0)
                means.seam_flux.add(
                    audio::measure_loop_seam(to_audio(cell_samples(bank, e).slice(1, e.loop_start, e.loop_end))).flux);
        }
        means.steps = cell_steps(bank, note);
        const std::lock_guard lock(mutex);
        all.steps.insert(all.steps.end(), means.steps.begin(), means.steps.end());
        all.grid_error += means.grid_error;
        all.seam_flux += means.seam_flux;
        all.detuning = std::max(all.detuning, means.detuning);
    });
    return all;
}

} // namespace

json evaluate_bank(const std::string& path, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const auto bank = engine::Bank::open(path);
    const auto recipe = read_recipe(*bank);
    const PlaneSources sources(recipe, device);
    const auto model = model_of(*bank, sources, device);
    const auto corners = evaluate_corners(*bank, sources);
    auto [grid, seam, steps, detuning] = evaluate_cells(*bank, sources, model, device);
    std::ranges::sort(steps);
    json result{{"bank", path}, {"corners", json::array()}};
    for (size_t c = 0; c < corners.size(); ++c)
        result["corners"].push_back({{"name", sources.names()[c]},
                                     {"elsd", corners[c].elsd.mean()},
                                     {"attack_elsd", corners[c].attack_elsd.mean()},
                                     {"floor_elsd", corners[c].floor_elsd.mean()},
                                     {"floor_attack_elsd", corners[c].floor_attack_elsd.mean()}});
    result["grid_error"] = {{"mean", grid.mean()}, {"worst", grid.worst}, {"squares", grid.count}};
    result["seams"] = {
        {"mean", seam.mean()}, {"worst", seam.worst}, {"detuning_cents", detuning}, {"loops", seam.count}};
    if (!steps.empty())
        result["steps"] = {{"median", steps[steps.size() / 2]}, {"largest", steps.back()}, {"count", steps.size()}};
    result["between"] = evaluate_layer_distance(sources, model, device);
    return result;
}

} // namespace timbrel::models
