#include "models/bake.h"
#include "models/judge.h"
#include "models/parallel.h"
#include "models/sound/measures.h"
#include "plugin/engine/bank.h"

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

Audio audio_of(const Tensor& x) {
    const auto t = x.to(torch::kCPU).contiguous();
    const float* p = t.data_ptr<float>();
    const auto n = t.size(1);
    return {double(model_rate), {p, p + n}, {p + n, p + 2 * n}};
}

// A cell's samples [2, frames] as they are stored: the loop flat.
Tensor stored(const Bank& bank, const BankEntry& e) {
    auto x = torch::empty({2, int64_t(e.frames)});
    auto a = x.accessor<float, 2>();
    const int16_t* pcm = bank.pcm(e);
    for (int64_t i = 0; i < int64_t(e.frames); ++i)
        for (int c = 0; c < 2; ++c) a[c][i] = float(pcm[2 * i + c]) / 32767 * e.gain;
    return x;
}

// The same as a held key sounds: fading from the loop's start on.
Tensor held(const Bank& bank, const BankEntry& e) {
    const auto t =
        (torch::arange(int64_t(e.frames), torch::kFloat) - double(e.loop_start)).clamp_min(0) / double(bank.rate());
    return stored(bank, e) * torch::pow(10, t * (-e.decay / 20));
}

PlaneRecipe recipe_of(const json& about) {
    PlaneRecipe r;
    const auto& made = about.at("recipe");
    made.at("sources").get_to(r.sources);
    made.at("model").get_to(r.model);
    r.across = about.at("map").at(0);
    r.down = about.at("map").at(1);
    about.at("grid").get_to(r.grid);
    about.at("pitches").get_to(r.pitches);
    about.at("velocities").get_to(r.velocities);
    about.at("seconds").get_to(r.seconds);
    about.at("release").get_to(r.release);
    about.at("imagine").get_to(r.imagine);
    return r;
}

} // namespace

json judge_bank(const std::string& path, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const auto bank = Bank::open(path);
    const auto recipe = recipe_of(bank->metadata());
    const auto network = open_network(recipe.model, device);
    const PlaneSources sources(recipe, device);
    const size_t corner_count = recipe.sources.size(), layers = recipe.velocities.size();

    std::vector<Mean> elsd(corner_count), attack(corner_count), floor(corner_count), floor_attack(corner_count);
    Mean grid, seam;
    double detuning = 0;
    std::mutex adding;
    // A source serves one thread at a time, so corners go side by side.
    in_parallel(corner_count, [&](size_t c) {
        const uint32_t column = uint32_t(c % recipe.across) * (recipe.grid - 1),
                       row = uint32_t(c / recipe.across) * (recipe.grid - 1);
        for (size_t p = 0; p < recipe.pitches.size(); ++p)
            for (size_t v = 0; v < layers; ++v) {
                const auto& e = bank->entry(bank->note(uint32_t(p), uint32_t(v)), row * bank->columns() + column);
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
    return result;
}

} // namespace timbrel
