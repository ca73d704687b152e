// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/baker.h"

#include "common/error.h"
#include "common/file_hash.h"
#include "common/foreign_text.h"
#include "common/note_name.h"
#include "common/progress.h"
#include "models/bake/fine_tune.h"
#include "models/morph/codec_model.h"
#include "models/network/autoencoder_model.h"
#include "models/network/safetensors.h"
#include "models/tensor/parallel.h"
#include "models/torchscript/model_process.h"
#include "plugin/engine/bank/bank_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace timbrel::models {
namespace {

using nlohmann::json;

// The picture of the plane, as the window reads it.
constexpr int picture_bands = 48;
constexpr double picture_low = 40, picture_high = 16000; // Hz
constexpr double picture_range = 60;                     // dB
constexpr int64_t picture_fft = 4096;
constexpr int picture_pitch = 60; // the note nearest to it is shown

// The mean spectrum of each cell of one note over its first second, in bands equally spaced on the ERB scale, as
// numbers from 0 to 100 over 60 dB.
json picture(const Tensor& sound, int pitch) {
    const int64_t length = std::min<int64_t>(sound.size(2), model_rate);
    const auto spectra = torch::stft(sound.slice(2, 0, length).mean(1), picture_fft, picture_fft / 2, picture_fft,
                                     torch::hann_window(picture_fft), false, true, true);
    const auto power = spectra.abs().square().mean(2);
    const auto edges = erb_points(picture_bands + 1, picture_low, picture_high);
    auto bands = torch::zeros({power.size(0), picture_bands});
    for (int b = 0; b < picture_bands; ++b) {
        const auto from = int64_t(edges[b] * picture_fft / model_rate),
                   to = std::max(from + 1, int64_t(edges[b + 1] * picture_fft / model_rate));
        bands.slice(1, b, b + 1).copy_(power.slice(1, from, to).sum(1, true));
    }
    const auto level = ((10 * torch::log10(bands / bands.max() + 1e-9) + picture_range) * (100. / picture_range))
                           .clamp(0, 100)
                           .round()
                           .to(torch::kInt);
    json cells = json::array();
    for (int64_t c = 0; c < level.size(0); ++c) {
        const auto row = level[c].contiguous();
        cells.push_back(std::vector<int>(row.data_ptr<int>(), row.data_ptr<int>() + picture_bands));
    }
    return {{"pitch", pitch},
            {"bands_hz",
             {{"count", picture_bands}, {"low", int(picture_low)}, {"high", int(picture_high)}, {"scale", "ERB"}}},
            {"cells", cells}};
}

// The vibrato that analysis removed from the corners, in the form of plugin/engine/bank/bank_vibrato.h. For all
// pitches, because all shards of a bank need the same metadata.
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
            {"network_amount", r.network_amount},
            {"model", {{"name", std::filesystem::path(weights).stem().string()}, {"hash", hash_of_file(weights)}}},
            {"recipe", {{"sources", r.sources}, {"model", r.model}}},
            {"made_by", "timbrel bake " TIMBREL_VERSION}};
}

std::vector<float> interleaved(const Tensor& cell) {
    const auto t = cell.t().contiguous();
    return {t.data_ptr<float>(), t.data_ptr<float>() + t.numel()};
}

} // namespace

Autoencoder load_network(const std::string& model, torch::Device device) {
    const auto file = find_model(model);
    if (is_torchscript(file))
        throw UsageError(file + ": only weights of Timbrel's network (.safetensors) can be fine-tuned");
    Autoencoder network;
    load_weights(file, *network);
    network->to(device);
    network->eval();
    return network;
}

NoteModelPtr load_note_model(const std::string& model, torch::Device device) {
    if (const auto file = find_model(model); is_torchscript(file)) return std::make_shared<CodecModel>(file);
    return std::make_shared<AutoencoderModel>(load_network(model, device));
}

namespace {

// Fine-tunes the network and reports on standard error. Returns the metadata.
json fine_tuned(Autoencoder& network, const PlaneSources& sources, torch::Device device, double minutes) {
    const auto result = fine_tune_for(network, sources, device, minutes);
    std::fprintf(stderr, "timbrel-bake: fine-tuned in %ld steps, deviation %.2f dB instead of %.2f dB\n",
                 long(result.steps), result.deviation_after, result.deviation_before);
    return {{"steps", result.steps},
            {"deviation_before_db", result.deviation_before},
            {"deviation_after_db", result.deviation_after}};
}

// Indices in the recipe of the pitches of a shard.
std::vector<size_t> pitches_of_shard(const PlaneRecipe& recipe, const Shard& shard) {
    std::vector<size_t> pitches;
    for (size_t p = size_t(shard.part - 1); p < recipe.pitches.size(); p += size_t(shard.of)) pitches.push_back(p);
    return pitches;
}

engine::BankPlan bank_layout(const PlaneRecipe& recipe, const std::vector<size_t>& pitches,
                             const std::vector<OscillatorPlan>& plans) {
    engine::BankPlan layout;
    layout.rate = model_rate;
    layout.columns = uint16_t(recipe.columns());
    layout.rows = uint16_t(recipe.rows());
    layout.velocities.assign(recipe.velocities.begin(), recipe.velocities.end());
    for (const size_t p : pitches) {
        const auto& loop = plans[p].loop;
        layout.pitches.push_back(uint8_t(recipe.pitches[p]));
        layout.shapes.push_back({uint32_t(loop.end * hop), uint32_t(loop.start * hop), uint32_t(loop.end * hop)});
    }
    return layout;
}

// Announces the whole bank, which shards may share.
void print_size(const PlaneRecipe& recipe) {
    constexpr double frame_bytes = 4; // 16 bits, two channels
    const auto cells = size_t(recipe.columns()) * size_t(recipe.rows());
    const double bytes = frame_bytes * double(recipe.hops() * hop) * double(cells) * double(recipe.velocities.size()) *
                         double(recipe.pitches.size());
    std::fprintf(stderr, "timbrel-bake: pitches: %zu, from %s to %s; velocities: %zu; cells: %zu; about %.0f MB\n",
                 recipe.pitches.size(), note_name(recipe.pitches.front()).c_str(),
                 note_name(recipe.pitches.back()).c_str(), recipe.velocities.size(), cells, std::ceil(bytes / 1e6));
}

// On standard error, and to the observer.
void report_warnings(const PlaneSources& sources, const BakeObserver& observer) {
    std::vector<std::vector<std::string>> all;
    for (size_t c = 0; c < sources.names().size(); ++c) {
        all.push_back(sources.warnings(c));
        for (const auto& warning : all.back())
            std::fprintf(stderr, "timbrel-bake: %s\n", printable(warning, max_printed_line).c_str());
    }
    if (observer.on_warnings) observer.on_warnings(all);
}

// Index in the recipe of the pitch that the picture shows.
size_t picture_note(const PlaneRecipe& recipe) {
    const auto nearest =
        std::ranges::min_element(recipe.pitches, {}, [](int p) { return std::abs(p - picture_pitch); });
    return size_t(nearest - recipe.pitches.begin());
}

} // namespace

void bake(const PlaneRecipe& wanted, const Shard& shard, torch::Device device, const std::string& output,
          double fine_tune_minutes, const BakeObserver& observer) {
    const auto weights_file = find_model(wanted.model);
    const bool tuned = fine_tune_minutes > 0;
    Autoencoder network = tuned ? load_network(wanted.model, device) : nullptr;
    auto model = tuned ? std::make_shared<AutoencoderModel>(network) : load_note_model(wanted.model, device);
    auto opened = open_sources(wanted);
    const auto recipe = with_pitches(wanted, opened);
    if (size_t(shard.of) > recipe.pitches.size())
        throw Error("the bank has " + std::to_string(recipe.pitches.size()) + " pitches, too few for " +
                    std::to_string(shard.of) + " shards");
    print_size(recipe);
    const PlaneSources sources(recipe, std::move(opened), device);
    report_warnings(sources, observer);
    json fine_tuning;
    if (tuned) fine_tuning = fine_tuned(network, sources, device, fine_tune_minutes);

    std::vector<OscillatorPlan> plans;
    for (size_t p = 0; p < recipe.pitches.size(); ++p) plans.push_back(sources.plan(p));
    const auto weights = cell_weights(recipe);
    const auto render = [&](size_t p, size_t v) {
        return PlaneNote(model, sources.corners(p)[v], sources.setting(p, v), plans[p], device).render(weights);
    };

    auto about = metadata(sources, weights_file, std::filesystem::path(output).stem().string());
    const size_t shown = picture_note(recipe), hardest = recipe.velocities.size() - 1;
    about["picture"] = picture(render(shown, hardest).sound.to(torch::kCPU), recipe.pitches[shown]);
    if (auto removed = vibrato(sources); !removed.empty()) about["vibrato"] = std::move(removed);
    if (!fine_tuning.is_null()) about["fine_tuned"] = fine_tuning;
    if (shard.of > 1) about["shard"] = {{"part", shard.part}, {"of", shard.of}};

    const auto pitches = pitches_of_shard(recipe, shard);
    const size_t layers = recipe.velocities.size();
    engine::BankWriter writer(output, bank_layout(recipe, pitches, plans), about);
    Progress progress("baking", pitches.size() * layers, observer.on_note);
    parallel_for(pitches.size() * layers, [&](size_t i) {
        const size_t p = i / layers, v = i % layers;
        const auto rendering = render(pitches[p], v);
        const auto sound = rendering.sound.to(torch::kCPU);
        for (int64_t cell = 0; cell < sound.size(0); ++cell)
            writer.put(uint32_t(p), uint32_t(v), uint32_t(cell), interleaved(sound[cell]),
                       float(rendering.decay[size_t(cell)]), float(rendering.release[size_t(cell)]));
        progress.step();
    });
    writer.finish();
}

} // namespace timbrel::models
