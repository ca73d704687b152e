// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/baker.h"

#include "common/error.h"
#include "common/file_hash.h"
#include "common/foreign_text.h"
#include "common/note_name.h"
#include "models/bake/bank_cells.h"
#include "models/bake/bank_rendering.h"
#include "models/bake/fine_tune.h"
#include "models/bake/pitch_metadata.h"
#include "models/morph/codec_model.h"
#include "models/network/autoencoder_model.h"
#include "models/network/safetensors.h"
#include "models/tensor/stage_timer.h"
#include "models/torchscript/model_process.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>

namespace timbrel::models {
namespace {

using nlohmann::json;

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
            {"seconds", r.seconds > 0 ? json(r.seconds) : json("auto")},
            {"release", r.release},
            {"rate", model_rate},
            {"level_db", bank_level_db},
            {"network_amount", r.network_amount},
            {"tuning", tuning_name(r.tuning)},
            {"model", {{"name", std::filesystem::path(weights).stem().string()}, {"hash", hash_of_file(weights)}}},
            {"recipe", {{"sources", r.sources}, {"model", r.model}}},
            {"made_by", "timbrel bake " TIMBREL_VERSION}};
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

void print_size(const PlaneRecipe& recipe, const std::vector<NoteLength>& lengths) {
    const auto [shortest, longest] = std::ranges::minmax_element(lengths, {}, &NoteLength::hops);
    std::fprintf(stderr,
                 "timbrel-bake: pitches: %zu, from %s to %s; velocities: %zu; cells: %d; seconds: %.1f to %.1f; about "
                 "%.0f MB\n",
                 recipe.pitches.size(), note_name(recipe.pitches.front()).c_str(),
                 note_name(recipe.pitches.back()).c_str(), recipe.velocities.size(), recipe.columns() * recipe.rows(),
                 double(shortest->hops) / frames_per_second, double(longest->hops) / frames_per_second,
                 std::ceil(bank_bytes(recipe, lengths) / 1e6));
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

} // namespace

double bank_bytes(const PlaneRecipe& recipe, const std::vector<NoteLength>& lengths) {
    constexpr double frame_bytes = 4; // 16 bits, two channels
    double hops = 0;
    for (const auto& length : lengths) hops += double(length.hops);
    return frame_bytes * hops * hop * recipe.columns() * recipe.rows() * double(recipe.velocities.size());
}

void bake(const PlaneRecipe& wanted, const Shard& shard, torch::Device device, const std::string& output,
          double fine_tune_minutes, const BakeObserver& observer) {
    const auto weights_file = find_model(wanted.model);
    const bool tuned = fine_tune_minutes > 0;
    auto opening = std::make_optional<StageTimer>(Stage::open);
    Autoencoder network = tuned ? load_network(wanted.model, device) : nullptr;
    NoteModelPtr model = tuned ? nullptr : load_note_model(wanted.model, device);
    auto opened = open_sources(wanted);
    opening.reset();
    const auto recipe = with_pitches(wanted, opened);
    if (size_t(shard.of) > recipe.pitches.size())
        throw Error("the bank has " + std::to_string(recipe.pitches.size()) + " pitches, too few for " +
                    std::to_string(shard.of) + " shards");
    auto held = hold_sources(recipe, std::move(opened));
    print_size(recipe, held.notes.lengths);
    const PlaneSources sources(std::move(held), device);
    report_warnings(sources, observer);
    json fine_tuning;
    if (tuned) {
        fine_tuning = fine_tuned(network, sources, device, fine_tune_minutes);
        model = std::make_shared<AutoencoderModel>(network);
    }
    auto about = metadata(sources, weights_file, std::filesystem::path(output).stem().string());
    if (auto removed = vibrato_metadata(sources); !removed.empty()) about["vibrato"] = std::move(removed);
    if (!fine_tuning.is_null()) about["fine_tuned"] = fine_tuning;
    if (shard.of > 1) about["shard"] = {{"part", shard.part}, {"of", shard.of}};
    render_bank(sources, model, device, pitches_of_shard(recipe, shard), std::move(about), output, observer.on_note);
}

} // namespace timbrel::models
