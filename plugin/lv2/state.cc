// Saving and restoring: the paths of bank and tuning as the host wants them written; and for the day that these lead
// nowhere, as they do when a session has moved away from what it links to, where the files lay, and the bank's id. And
// what came by playing: the gesture, and tunings by MIDI.
#include "plugin/lv2/plugin.h"
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

// The host's functions for paths, null where it has none.
struct PathFeatures {
    explicit PathFeatures(const LV2_Feature* const* features) {
        static constexpr const LV2_Feature* none[] = {nullptr};
        if (!features) features = none;
        map = static_cast<LV2_State_Map_Path*>(lv2_features_data(features, LV2_STATE__mapPath));
        release = static_cast<LV2_State_Free_Path*>(lv2_features_data(features, LV2_STATE__freePath));
    }

    std::string absolute(const std::string& path) const {
        return map && !path.empty() ? taken(map->absolute_path(map->handle, path.c_str()), path) : path;
    }
    std::string abstract(const std::string& path) const {
        return map ? taken(map->abstract_path(map->handle, path.c_str()), path) : path;
    }

    // Where the host keeps the state's files; empty when it does not tell.
    std::string folder() const { return map ? fs::path(absolute("state")).parent_path().string() : ""; }

    LV2_State_Map_Path* map;
    LV2_State_Free_Path* release;

  private:
    std::string taken(char* mapped, const std::string& otherwise) const {
        if (!mapped) return otherwise;
        std::string path = mapped;
        if (release)
            release->free_path(release->handle, mapped);
        else
            std::free(mapped); // what the specification asks for where the feature is missing
        return path;
    }
};

std::string retrieve_text(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle, LV2_URID key) {
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    const auto* const text = static_cast<const char*>(retrieve(handle, key, &size, &type, &flags));
    return text ? std::string(text, strnlen(text, size)) : std::string();
}

// The file that a state names. What the host keeps may be a link of its own to it: the window and a later state shall
// name the file as the musician did, or at least the file itself.
std::string find_file(const std::string& mapped, const std::string& lay) {
    if (lay.empty()) return mapped;
    std::error_code error;
    if (fs::equivalent(mapped, lay, error)) return lay;
    const fs::path file = fs::canonical(mapped, error);
    return error ? lay : file.string();
}

// Empty when there is none.
std::span<const uint8_t> retrieve_bytes(const Urids& urids, LV2_State_Retrieve_Function retrieve,
                                        LV2_State_Handle handle, LV2_URID key) {
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    const auto* const bytes = static_cast<const uint8_t*>(retrieve(handle, key, &size, &type, &flags));
    return bytes && type == urids.atom_chunk ? std::span(bytes, size) : std::span<const uint8_t>();
}

} // namespace

LV2_State_Status Morph::save(LV2_State_Store_Function store, LV2_State_Handle handle,
                             const LV2_Feature* const* features) {
    const WantedBank bank = banks_.wanted();
    const WantedTuning tuning = tunings_.wanted();
    const PathFeatures paths(features);
    const uint32_t path_flags = LV2_STATE_IS_POD | (paths.map ? LV2_STATE_IS_PORTABLE : 0);
    LV2_State_Status status = LV2_STATE_SUCCESS;
    const auto store_text = [&](LV2_URID key, const std::string& text, LV2_URID type, uint32_t flags) {
        if (status == LV2_STATE_SUCCESS && !text.empty())
            status = store(handle, key, text.c_str(), text.size() + 1, type, flags);
    };
    const auto store_path = [&](const FileUrids& keys, const std::string& path) {
        if (!path.empty()) store_text(keys.path, paths.abstract(path), urids_.atom_path, path_flags);
        if (paths.map) store_text(keys.file, path, urids_.atom_string, LV2_STATE_IS_POD);
    };
    store_path(urids_.bank_file, bank.path);
    store_text(urids_.bank_id, bank.id, urids_.atom_string, LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    store_path(urids_.tuning_file, tuning.scale);
    store_path(urids_.keyboard_map_file, tuning.map);
    const auto store_bytes = [&](LV2_URID key, const std::vector<uint8_t>& bytes) {
        if (status == LV2_STATE_SUCCESS)
            status = store(handle, key, bytes.data(), bytes.size(), urids_.atom_chunk,
                           LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
    };
    if (const engine::Gesture gesture = instrument_.gesture(); !gesture.points.empty())
        store_bytes(urids_.gesture, gesture_bytes(gesture));
    if (const auto tunings = instrument_.received_tunings(); !tunings.empty())
        store_bytes(urids_.tunings, tuning_bytes(tunings));
    return status;
}

LV2_State_Status Morph::restore(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle,
                                const LV2_Feature* const* features) {
    const PathFeatures paths(features);
    const auto text_of = [&](LV2_URID key) { return retrieve_text(retrieve, handle, key); };
    const auto file_of = [&](const FileUrids& keys) {
        const std::string mapped = paths.absolute(text_of(keys.path));
        return mapped.empty() ? mapped : find_file(mapped, text_of(keys.file));
    };
    const std::string bank = file_of(urids_.bank_file), scale = file_of(urids_.tuning_file);
    const auto bytes_of = [&](LV2_URID key) { return retrieve_bytes(urids_, retrieve, handle, key); };
    const engine::Gesture gesture = read_gesture(bytes_of(urids_.gesture)).value_or(engine::Gesture{});
    const std::vector<engine::TuningProgram> received = read_tunings(bytes_of(urids_.tunings));
    // A state that names none of them is one of knobs alone, such as a preset: all stay.
    if (!bank.empty() || !gesture.points.empty()) instrument_.set_gesture(gesture);
    if (!bank.empty()) banks_.load({bank, text_of(urids_.bank_id), paths.folder()});
    // Tunings by MIDI stay too where a state holds none: one with a bank may be a sound that is taken on stage, and it
    // cannot be told from a session, which finds none to begin with.
    const bool retuned = !received.empty();
    if (!bank.empty() || !scale.empty()) tunings_.load({scale, file_of(urids_.keyboard_map_file)}, retuned);
    if (retuned) instrument_.restore_tunings(received);
    return LV2_STATE_SUCCESS;
}

} // namespace timbrel::lv2
