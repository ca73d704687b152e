#include "host/bank_tools/merge.h"

#include "common/error.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

namespace timbrel::host {

namespace {

using nlohmann::json;

constexpr char shard_key[] = "shard";

// What all shards of a bank have in common.
json shared_metadata(const engine::Bank& shard) {
    json metadata = shard.metadata();
    metadata.erase("name");    // of the file
    metadata.erase("vibrato"); // measured on each machine anew, where the last digit may differ
    metadata.erase(shard_key);
    return metadata;
}

struct Place { // of a pitch
    std::shared_ptr<const engine::Bank> shard;
    uint32_t index;
};

struct ShardNumber {
    int64_t part, of;
};

ShardNumber number_of(const engine::Bank& shard) {
    const json about = shard.metadata().value(shard_key, json::object());
    const auto number = [&](const char* key) {
        const json value = about.is_object() ? about.value(key, json()) : json();
        return value.is_number_integer() ? value.get<int64_t>() : 0;
    };
    const ShardNumber found{number("part"), number("of")};
    if (found.part < 1 || found.part > found.of)
        throw Error(shard.path() + ": is no shard; give files that timbrel bake --shard has written");
    return found;
}

// Every shard once, by its number.
std::map<int64_t, std::shared_ptr<const engine::Bank>> open_shards(const std::vector<std::string>& paths) {
    std::map<int64_t, std::shared_ptr<const engine::Bank>> shards;
    int64_t of = 0;
    for (const std::string& path : paths) {
        const auto shard = engine::Bank::open(path);
        const ShardNumber number = number_of(*shard);
        const std::string told = std::to_string(number.part) + " of " + std::to_string(number.of);
        if (of != 0 && number.of != of)
            throw Error(path + ": is shard " + told + ", and " + paths.front() + " is one of " + std::to_string(of) +
                        "; give shards of one division");
        if (!shards.emplace(number.part, shard).second)
            throw Error(path + ": is shard " + told + " as " + shards[number.part]->path() +
                        " is; give every shard once");
        of = number.of;
    }
    for (int64_t part = 1; part <= of; ++part)
        if (!shards.contains(part))
            throw Error("shard " + std::to_string(part) + " of " + std::to_string(of) + " is missing; bake it with " +
                        "timbrel bake --shard " + std::to_string(part) + "/" + std::to_string(of));
    return shards;
}

} // namespace

void merge_shards(const std::vector<std::string>& paths, const std::string& output) {
    const auto shards = open_shards(paths);
    const engine::Bank& first = *shards.begin()->second;
    const json common = shared_metadata(first);
    std::map<uint8_t, Place> places; // by pitch
    for (const auto& [part, shard] : shards) {
        const bool alike = shard->rate() == first.rate() && shard->columns() == first.columns() &&
                           shard->rows() == first.rows() && std::ranges::equal(shard->velocities(), first.velocities());
        if (!alike || shared_metadata(*shard) != common)
            throw Error(shard->path() + ": is of another bank than " + first.path() +
                        "; bake all shards with the same sounds, options and version");
        shard->verify_pcm();
        for (uint32_t p = 0; p < shard->pitches().size(); ++p)
            if (const auto [place, added] = places.emplace(shard->pitches()[p], Place{shard, p}); !added)
                throw Error(shard->path() + ": holds pitch " + std::to_string(place->first) + " as " +
                            place->second.shard->path() + " does; bake all shards with the same options");
    }

    engine::BankPlan plan{
        first.rate(), static_cast<uint16_t>(first.columns()), static_cast<uint16_t>(first.rows()), {}, {}, {}};
    plan.velocities.assign(first.velocities().begin(), first.velocities().end());
    for (const auto& [pitch, place] : places) {
        const engine::BankEntry& shape = place.shard->entry(place.shard->note(place.index, 0), 0);
        plan.pitches.push_back(pitch);
        plan.shapes.push_back({shape.frames, shape.loop_start, shape.loop_end});
    }
    if (common.value("pitches", json()) != json(plan.pitches))
        throw Error(first.path() + ": tells of other pitches than the shards hold together; bake all shards with the "
                                   "same options and version");
    json metadata = common;
    if (first.metadata().contains("vibrato")) metadata["vibrato"] = first.metadata()["vibrato"];
    metadata["name"] = std::filesystem::path(output).stem().string();
    engine::BankWriter writer(output, plan, metadata);
    uint32_t number = 0;
    for (const auto& [pitch, place] : places) {
        for (uint32_t v = 0; v < plan.velocities.size(); ++v)
            for (uint32_t cell = 0; cell < first.cells(); ++cell) {
                const engine::BankEntry& entry = place.shard->entry(place.shard->note(place.index, v), cell);
                writer.put_stored(number, v, cell, {place.shard->pcm(entry), size_t{entry.frames} * 2}, entry.gain,
                                  entry.decay, entry.release);
            }
        ++number;
    }
    writer.finish();
}

} // namespace timbrel::host
