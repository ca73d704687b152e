// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/merge.h"

#include "common/error.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <span>

namespace timbrel::host {

namespace {

using nlohmann::json;

constexpr char shard_key[] = "shard", tracks_key[] = "pitch_tracks";

// The metadata that all shards of a bank have in common.
json shared_metadata(const engine::Bank& shard) {
    json metadata = shard.metadata();
    metadata.erase("name");     // differs with the file
    metadata.erase("vibrato");  // measured again on each machine; the last digit may differ
    metadata.erase(tracks_key); // of the shard's pitches only
    metadata.erase(shard_key);
    return metadata;
}

struct PitchLocation {
    std::shared_ptr<const engine::Bank> shard;
    uint32_t index; // in the shard's pitches
};

struct ShardNumber {
    int64_t number, count; // from 1 to count
};

ShardNumber read_shard_number(const engine::Bank& shard) {
    const json about = shard.metadata().value(shard_key, json::object());
    const auto integer = [&](const char* key) {
        const json value = about.is_object() ? about.value(key, json()) : json();
        return value.is_number_integer() ? value.get<int64_t>() : 0;
    };
    const ShardNumber found{integer("part"), integer("of")};
    if (found.number < 1 || found.number > found.count)
        throw Error(shard.path() + ": is no shard; give files written by timbrel bake --shard");
    return found;
}

using Shards = std::map<int64_t, std::shared_ptr<const engine::Bank>>; // by number, complete

Shards open_shards(const std::vector<std::string>& paths) {
    Shards shards;
    int64_t count = 0;
    for (const std::string& path : paths) {
        const auto shard = engine::Bank::open(path);
        const ShardNumber found = read_shard_number(*shard);
        const std::string label = std::to_string(found.number) + " of " + std::to_string(found.count);
        if (count != 0 && found.count != count)
            throw Error(path + ": is shard " + label + ", but " + paths.front() + " is one of " +
                        std::to_string(count) + "; give shards with the same N of --shard I/N");
        if (!shards.emplace(found.number, shard).second)
            throw Error(path + ": is shard " + label + " like " + shards[found.number]->path() +
                        "; give every shard once");
        count = found.count;
    }
    for (int64_t number = 1; number <= count; ++number)
        if (!shards.contains(number))
            throw Error("shard " + std::to_string(number) + " of " + std::to_string(count) +
                        " is missing; bake it with timbrel bake --shard " + std::to_string(number) + "/" +
                        std::to_string(count));
    return shards;
}

// Throws Error unless the shard belongs to the same bank as the first one.
void check_shard(const engine::Bank& shard, const engine::Bank& first, const json& common) {
    const bool same_layout = shard.rate() == first.rate() && shard.columns() == first.columns() &&
                             shard.rows() == first.rows() && std::ranges::equal(shard.velocities(), first.velocities());
    if (!same_layout || shared_metadata(shard) != common)
        throw Error(shard.path() + ": does not belong to the same bank as " + first.path() +
                    "; bake all shards with the same sounds, options and version");
    shard.verify_pcm();
}

using PitchMap = std::map<uint8_t, PitchLocation>; // by MIDI note number

PitchMap locate_pitches(const Shards& shards) {
    PitchMap pitches;
    for (const auto& [number, shard] : shards)
        for (uint32_t p = 0; p < shard->pitches().size(); ++p)
            if (const auto [other, added] = pitches.emplace(shard->pitches()[p], PitchLocation{shard, p}); !added)
                throw Error(shard->path() + ": holds pitch " + std::to_string(other->first) + " as " +
                            other->second.shard->path() + " does; bake all shards with the same options");
    return pitches;
}

engine::BankPlan plan_bank(const engine::Bank& first, const PitchMap& pitches) {
    engine::BankPlan plan{
        first.rate(), static_cast<uint16_t>(first.columns()), static_cast<uint16_t>(first.rows()), {}, {}, {}};
    plan.velocities.assign(first.velocities().begin(), first.velocities().end());
    for (const auto& [pitch, location] : pitches) {
        const engine::BankEntry& shape = location.shard->entry(location.shard->note(location.index, 0), 0);
        plan.pitches.push_back(pitch);
        plan.shapes.push_back({shape.frames, shape.loop_start, shape.loop_end});
    }
    return plan;
}

// The tracks of all shards, in the order of the merged bank's notes.
engine::PitchTrackList merge_tracks(const PitchMap& pitches, std::span<const uint8_t> velocities) {
    std::optional<engine::PitchTrackList> list;
    uint32_t step = 0;
    double unit = 0;
    for (const auto& [pitch, location] : pitches) {
        const engine::Bank& shard = *location.shard;
        const engine::BankCorners corners(shard);
        const engine::BankPitchTracks tracks(shard, corners);
        if (tracks.invalid()) throw Error(shard.path() + ": its tracks of pitch are invalid; bake it again");
        for (uint32_t v = 0; v < velocities.size(); ++v) {
            const auto points = tracks.points(shard.note(location.index, v));
            if (points.empty()) continue;
            if (!list) list.emplace(step = tracks.frames_per_point(), unit = tracks.cents_per_unit());
            if (tracks.frames_per_point() != step || tracks.cents_per_unit() != unit)
                throw Error(shard.path() +
                            ": its tracks of pitch have other units than those of other shards; bake all "
                            "shards with the same version");
            list->add(pitch, velocities[v], points);
        }
    }
    return list ? std::move(*list) : engine::PitchTrackList(1, 1);
}

void copy_sounds(engine::BankWriter& writer, const PitchMap& pitches, uint32_t velocities, uint32_t cells) {
    uint32_t index = 0;
    for (const auto& [pitch, location] : pitches) {
        const engine::Bank& shard = *location.shard;
        for (uint32_t v = 0; v < velocities; ++v)
            for (uint32_t cell = 0; cell < cells; ++cell) {
                const engine::BankEntry& entry = shard.entry(shard.note(location.index, v), cell);
                writer.put_encoded(index, v, cell, shard.read_pcm(entry), entry.gain, entry.decay, entry.release);
            }
        ++index;
    }
}

} // namespace

void merge_shards(const std::vector<std::string>& paths, const std::string& output) {
    const Shards shards = open_shards(paths);
    const engine::Bank& first = *shards.begin()->second;
    json metadata = shared_metadata(first);
    for (const auto& [number, shard] : shards) check_shard(*shard, first, metadata);
    const PitchMap pitches = locate_pitches(shards);
    const engine::BankPlan plan = plan_bank(first, pitches);
    if (metadata.value("pitches", json()) != json(plan.pitches))
        throw Error(first.path() + ": its metadata lists other pitches than the shards contain together; bake all "
                                   "shards with the same options and version");
    if (first.metadata().contains("vibrato")) metadata["vibrato"] = first.metadata()["vibrato"];
    metadata["name"] = std::filesystem::path(output).stem().string();
    const engine::PitchTrackList tracks = merge_tracks(pitches, plan.velocities);
    if (!tracks.empty()) metadata[tracks_key] = tracks.description();
    engine::BankWriter writer(output, plan, metadata, tracks.bytes());
    copy_sounds(writer, pitches, static_cast<uint32_t>(plan.velocities.size()), first.cells());
    writer.finish();
}

} // namespace timbrel::host
