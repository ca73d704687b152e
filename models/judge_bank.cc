#include "models/audio_tensor.h"
#include "models/bake.h"
#include "models/bank_cells.h"
#include "models/judge.h"
#include "models/judge_between.h"
#include "models/parallel.h"
#include "models/sound/measures.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace timbrel {
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
    const auto bank = Bank::open(path);
    const auto recipe = recipe_of(*bank);
    const auto network = open_network(recipe.model, device);
    const PlaneSources sources(recipe, device);
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
                const auto found = held(*bank, e);
                const auto source = sources.original(c, p, v).slice(1, 0, found.size(1));
                const auto d = distances(audio_of(source), audio_of(found));
                const auto& spectrum = sources.corners(p)[v][c].spectrum;
                const auto f = distances(audio_of(synthesise(spectrum, 1)), audio_of(synthesise(spectrum, 2)));
                if (std::isnan(d.elsd) || std::isnan(f.elsd)) continue; // silent at this pitch
                elsd[c].add(d.elsd);
                attack[c].add(d.attack_elsd);
                floor[c].add(f.elsd);
                floor_attack[c].add(f.attack_elsd);
            }
    });
    std::vector<float> centres;
    for (int y = 0; y + 1 < std::max(recipe.rows(), 2); ++y)
        for (int x = 0; x + 1 < recipe.columns(); ++x)
            for (float s : corner_shares(recipe, x + .5, recipe.rows() > 1 ? y + .5 : 0)) centres.push_back(s);
    const auto shares = tensor_of(centres).view({-1, int64_t(corner_count)});
    in_parallel(recipe.pitches.size() * layers, [&](size_t i) {
        const size_t p = i / layers, v = i % layers;
        const auto plan = sources.plan(p);
        const auto truth =
            PlaneNote(network, sources.corners(p)[v], sources.setting(p, v), plan, device).render(shares).sound;
        Mean errors, seams;
        const uint32_t note = bank->note(uint32_t(p), uint32_t(v)), columns = bank->columns();
        const uint32_t south = recipe.rows() > 1 ? columns : 0;
        int64_t square = 0;
        for (uint32_t y = 0; y + 1 < std::max(bank->rows(), 2u); ++y)
            for (uint32_t x = 0; x + 1 < columns; ++x, ++square) {
                const uint32_t cell = y * columns + x;
                auto sum = torch::zeros({2, truth.size(2)});
                for (uint32_t k : {cell, cell + 1, cell + south, cell + south + 1})
                    sum += stored(*bank, bank->entry(note, k)) * .25;
                errors.add(light_distance(band_power(audio_of(truth[square])), band_power(audio_of(sum))));
            }
        for (uint32_t cell = 0; cell < bank->cells(); ++cell) {
            const auto& e = bank->entry(note, cell);
            if (e.gain > 0) seams.add(loop_seam(audio_of(stored(*bank, e).slice(1, e.loop_start, e.loop_end))).flux);
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

} // namespace timbrel
