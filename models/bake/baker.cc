#include "models/bake/baker.h"

#include "common/progress.h"
#include "models/bake/fine_tune.h"
#include "models/network/safetensors.h"
#include "models/tensor/parallel.h"
#include "plugin/engine/bank/bank_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr int picture_bands = 48;

// For each cell the mean spectrum of one note in bands equally spaced on the ERB scale, 0 to 100 over 60 dB: what a
// window draws the plane from.
json picture(const Tensor& sound, int pitch) {
    const int64_t length = std::min<int64_t>(sound.size(2), model_rate);
    const auto spectra =
        torch::stft(sound.slice(2, 0, length).mean(1), 4096, 2048, 4096, torch::hann_window(4096), false, true, true);
    const auto power = spectra.abs().square().mean(2);
    const auto edges = erb_points(picture_bands + 1, 40, 16000);
    auto bands = torch::zeros({power.size(0), picture_bands});
    for (int b = 0; b < picture_bands; ++b) {
        const auto from = int64_t(edges[b] * 4096 / model_rate),
                   to = std::max(from + 1, int64_t(edges[b + 1] * 4096 / model_rate));
        bands.slice(1, b, b + 1).copy_(power.slice(1, from, to).sum(1, true));
    }
    const auto level =
        ((10 * torch::log10(bands / bands.max() + 1e-9) + 60) * (100. / 60)).clamp(0, 100).round().to(torch::kInt);
    json cells = json::array();
    for (int64_t c = 0; c < level.size(0); ++c) {
        const auto row = level[c].contiguous();
        cells.push_back(std::vector<int>(row.data_ptr<int>(), row.data_ptr<int>() + picture_bands));
    }
    return {{"pitch", pitch},
            {"bands_hz", {{"count", picture_bands}, {"low", 40}, {"high", 16000}, {"scale", "ERB"}}},
            {"cells", cells}};
}

// What flattening took from the corners, as plugin/engine/bank_vibrato.h tells it. All pitches, for shards are to
// agree.
json vibrato(const PlaneSources& sources) {
    const auto rounded = [](double value, double digits) { return std::round(value * digits) / digits; };
    json list = json::array();
    for (size_t p = 0; p < sources.recipe().pitches.size(); ++p)
        for (size_t v = 0; v < sources.recipe().velocities.size(); ++v) {
            const auto& corners = sources.corners(p)[v];
            if (std::ranges::none_of(corners, [](const auto& corner) { return corner.vibrato.present(); })) continue;
            json depths, rates, delays;
            for (const auto& corner : corners) {
                depths.push_back(rounded(corner.vibrato.depth, 10));
                rates.push_back(rounded(corner.vibrato.rate, 100));
                delays.push_back(rounded(corner.vibrato.delay, 100));
            }
            list.push_back({{"pitch", sources.recipe().pitches[p]},
                            {"velocity", sources.recipe().velocities[v]},
                            {"depth_cents", depths},
                            {"rate_hz", rates},
                            {"delay_seconds", delays}});
        }
    return list;
}

json metadata(const PlaneSources& sources, const std::string& weights, const std::string& name) {
    const auto& r = sources.recipe();
    json corners = json::array();
    auto provenance = sources.provenance();
    for (size_t c = 0; c < r.sources.size(); ++c) {
        const int column = int(c) % r.across, row = int(c) / r.across;
        corners.push_back({{"name", sources.names()[c]},
                           {"x", r.across > 1 ? double(column) / (r.across - 1) : .5},
                           {"y", r.down > 1 ? 1 - double(row) / (r.down - 1) : .5},
                           {"source", std::move(provenance[c])}});
    }
    return {{"name", name},
            {"corners", corners},
            {"map", {r.across, r.down}},
            {"grid", r.grid},
            {"pitches", r.pitches},
            {"velocities", r.velocities},
            {"seconds", r.seconds},
            {"release", r.release},
            {"rate", model_rate},
            {"imagine", r.imagine},
            {"seed", 0},
            {"model", {{"name", std::filesystem::path(weights).stem().string()}, {"hash", file_hash(weights)}}},
            {"recipe", {{"sources", r.sources}, {"model", r.model}}},
            {"made_by", "timbrel bake " TIMBREL_VERSION}};
}

std::vector<float> interleaved(const Tensor& cell) {
    const auto t = cell.t().contiguous();
    return {t.data_ptr<float>(), t.data_ptr<float>() + t.numel()};
}

} // namespace

Autoencoder open_network(const std::string& model, torch::Device device) {
    Autoencoder network;
    load_weights(find_model(model), *network);
    network->to(device);
    network->eval();
    return network;
}

void bake(const PlaneRecipe& recipe, const Shard& shard, torch::Device device, const std::string& output,
          double adapt_minutes) {
    const auto weights = find_model(recipe.model);
    auto network = open_network(recipe.model, device);
    const PlaneSources sources(recipe, device);
    for (const auto& w : sources.warnings()) std::fprintf(stderr, "timbrel-bake: %s\n", w.c_str());
    json adapted;
    if (adapt_minutes > 0) {
        const auto a = adapt_for(network, sources, device, adapt_minutes);
        adapted = {{"steps", a.steps}, {"deviation_before_db", a.before}, {"deviation_after_db", a.after}};
        std::fprintf(stderr, "timbrel-bake: adapted in %ld steps, deviation %.2f dB instead of %.2f dB\n",
                     long(a.steps), a.after, a.before);
    }

    const auto shares = cell_shares(recipe);
    const size_t hardest = recipe.velocities.size() - 1;
    engine::BankPlan layout;
    layout.rate = model_rate;
    layout.columns = uint16_t(recipe.columns());
    layout.rows = uint16_t(recipe.rows());
    std::vector<size_t> baked; // pitches of this shard, by their numbers in the recipe
    for (size_t p = size_t(shard.part - 1); p < recipe.pitches.size(); p += size_t(shard.of)) baked.push_back(p);
    layout.velocities.assign(recipe.velocities.begin(), recipe.velocities.end());
    std::vector<OscillatorPlan> plans;
    for (size_t p = 0; p < recipe.pitches.size(); ++p) plans.push_back(sources.plan(p));
    for (const size_t p : baked) {
        const auto& loop = plans[p].loop;
        layout.pitches.push_back(uint8_t(recipe.pitches[p]));
        layout.shapes.push_back({uint32_t(loop.end * hop), uint32_t(loop.start * hop), uint32_t(loop.end * hop)});
    }
    const auto note = [&](size_t p, size_t v) {
        return PlaneNote(network, sources.corners(p)[v], sources.setting(p, v), plans[p], device).render(shares);
    };

    // The picture goes into the head of the file, so its note comes first.
    const auto nearest = std::ranges::min_element(recipe.pitches, {}, [](int p) { return std::abs(p - 60); });
    const auto shown = size_t(nearest - recipe.pitches.begin());
    auto about = metadata(sources, weights, std::filesystem::path(output).stem().string());
    about["picture"] = picture(note(shown, hardest).sound.to(torch::kCPU), *nearest);

    if (auto natural = vibrato(sources); !natural.empty()) about["vibrato"] = std::move(natural);
    if (!adapted.is_null()) about["adapted"] = adapted;
    if (shard.of > 1) about["shard"] = {{"part", shard.part}, {"of", shard.of}};

    engine::BankWriter writer(output, std::move(layout), about);
    Progress progress("baking", baked.size() * recipe.velocities.size());
    in_parallel(baked.size() * recipe.velocities.size(), [&](size_t i) {
        const size_t p = i / recipe.velocities.size(), v = i % recipe.velocities.size();
        const auto rendering = note(baked[p], v);
        const auto sound = rendering.sound.to(torch::kCPU);
        for (int64_t cell = 0; cell < sound.size(0); ++cell)
            writer.put(uint32_t(p), uint32_t(v), uint32_t(cell), interleaved(sound[cell]),
                       float(rendering.decay[size_t(cell)]), float(rendering.release[size_t(cell)]));
        progress.step();
    });
    writer.finish();
}

} // namespace timbrel::models
