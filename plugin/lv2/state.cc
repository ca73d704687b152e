// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and restores the state: the paths of bank and tuning files as the host maps them; their original paths and the
// bank's id, for sessions that were moved away from the files they link to; what the bank was baked of, in case it is
// lost; the recorded gesture; tunings by MIDI.
#include "plugin/lv2/plugin.h"
#include "plugin/lv2/shared/bank_recipe.h"
#include "plugin/lv2/shared/gesture_bytes.h"
#include "plugin/lv2/shared/tuning_bytes.h"

#include <lv2/core/lv2_util.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>

namespace timbrel::lv2 {

namespace {

namespace fs = std::filesystem;

// The host's path functions; null when it has none.
struct PathFeatures {
    explicit PathFeatures(const LV2_Feature* const* features) {
        static constexpr const LV2_Feature* none[] = {nullptr};
        if (!features) features = none;
        map = static_cast<LV2_State_Map_Path*>(lv2_features_data(features, LV2_STATE__mapPath));
        release = static_cast<LV2_State_Free_Path*>(lv2_features_data(features, LV2_STATE__freePath));
    }

    std::string absolute(const std::string& path) const {
        return map && !path.empty() ? copy_and_free(map->absolute_path(map->handle, path.c_str()), path) : path;
    }
    std::string abstract(const std::string& path) const {
        return map ? copy_and_free(map->abstract_path(map->handle, path.c_str()), path) : path;
    }

    // The folder of the state's files; empty when unknown.
    std::string folder() const { return map ? fs::path(absolute("state")).parent_path().string() : ""; }

    LV2_State_Map_Path* map;
    LV2_State_Free_Path* release;

  private:
    std::string copy_and_free(char* mapped, const std::string& fallback) const {
        if (!mapped) return fallback;
        std::string path = mapped;
        if (release)
            release->free_path(release->handle, mapped);
        else
            std::free(mapped); // as the specification requires without freePath
        return path;
    }
};

std::string retrieve_text(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle, LV2_URID key) {
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    const auto* const text = static_cast<const char*>(retrieve(handle, key, &size, &type, &flags));
    return text ? std::string(text, strnlen(text, size)) : std::string();
}

// The path of a state's file. `mapped`: the host's path, which may be a link that the host made to the file. Prefers
// the `original` path, which the user knows, while it names the same file; otherwise the link's target.
std::string find_file(const std::string& mapped, const std::string& original) {
    if (original.empty()) return mapped;
    std::error_code error;
    if (fs::equivalent(mapped, original, error)) return original;
    const fs::path file = fs::canonical(mapped, error);
    return error ? original : file.string();
}

// The text if it is a recipe, otherwise empty: nothing else is kept and sent on.
std::string recipe_in(std::string text) { return read_recipe(text) ? std::move(text) : std::string(); }

// Empty when the state has none.
std::span<const uint8_t> retrieve_bytes(const Urids& urids, LV2_State_Retrieve_Function retrieve,
                                        LV2_State_Handle handle, LV2_URID key) {
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    const auto* const bytes = static_cast<const uint8_t*>(retrieve(handle, key, &size, &type, &flags));
    return bytes && type == urids.atom_chunk ? std::span(bytes, size) : std::span<const uint8_t>();
}

} // namespace

LV2_State_Status Plugin::save(LV2_State_Store_Function store, LV2_State_Handle handle,
                              const LV2_Feature* const* features) {
    const BankReference bank = banks_.reference();
    const TuningFiles tuning = tunings_.files();
    const PathFeatures paths(features);
    const uint32_t path_flags = LV2_STATE_IS_POD | (paths.map ? LV2_STATE_IS_PORTABLE : 0);
    LV2_State_Status status = LV2_STATE_SUCCESS;
    const auto store_text = [&](LV2_URID key, const std::string& text, LV2_URID type, uint32_t flags) {
        if (status == LV2_STATE_SUCCESS && !text.empty())
            status = store(handle, key, text.c_str(), text.size() + 1, type, flags);
    };
    const auto store_path = [&](const FileUrids& keys, const std::string& path) {
        if (!path.empty()) store_text(keys.mapped_path, paths.abstract(path), urids_.atom_path, path_flags);
        if (paths.map) store_text(keys.original_path, path, urids_.atom_string, LV2_STATE_IS_POD);
    };
    store_path(urids_.bank_file, bank.path);
    store_text(urids_.bank_id, bank.id, urids_.atom_string, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    store_text(urids_.recipe, bank.recipe, urids_.atom_string, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    store_path(urids_.tuning_file, tuning.scale);
    store_path(urids_.keyboard_map_file, tuning.map);
    const auto store_bytes = [&](LV2_URID key, const std::vector<uint8_t>& bytes) {
        if (status == LV2_STATE_SUCCESS)
            status = store(handle, key, bytes.data(), bytes.size(), urids_.atom_chunk,
                           LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    };
    if (const engine::Gesture gesture = synth_.gesture(); !gesture.points.empty())
        store_bytes(urids_.gesture, gesture_bytes(gesture));
    if (const auto tunings = synth_.received_tunings(); !tunings.empty())
        store_bytes(urids_.tunings, tuning_bytes(tunings));
    return status;
}

LV2_State_Status Plugin::restore(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle,
                                 const LV2_Feature* const* features) {
    const PathFeatures paths(features);
    const auto text_of = [&](LV2_URID key) { return retrieve_text(retrieve, handle, key); };
    const auto file_of = [&](const FileUrids& keys) {
        const std::string mapped = paths.absolute(text_of(keys.mapped_path));
        return mapped.empty() ? mapped : find_file(mapped, text_of(keys.original_path));
    };
    const std::string bank = file_of(urids_.bank_file), scale = file_of(urids_.tuning_file);
    const auto bytes_of = [&](LV2_URID key) { return retrieve_bytes(urids_, retrieve, handle, key); };
    const engine::Gesture gesture = read_gesture(bytes_of(urids_.gesture)).value_or(engine::Gesture{});
    const std::vector<engine::TuningProgram> received = read_tunings(bytes_of(urids_.tunings));
    // A state without them contains control values only, such as a preset: bank, gesture and tuning stay.
    if (!bank.empty() || !gesture.points.empty()) synth_.set_gesture(gesture);
    if (!bank.empty()) banks_.load({bank, text_of(urids_.bank_id), paths.folder(), recipe_in(text_of(urids_.recipe))});
    // Tunings by MIDI stay when the state has none: a state with a bank may be a sound that is loaded during a
    // performance. It cannot be distinguished from a session's, but a new session starts without such tunings.
    const bool retuned = !received.empty();
    if (!bank.empty() || !scale.empty()) tunings_.load({scale, file_of(urids_.keyboard_map_file)}, retuned);
    if (retuned) synth_.restore_tunings(received);
    return LV2_STATE_SUCCESS;
}

} // namespace timbrel::lv2
