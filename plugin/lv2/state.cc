// Saving and restoring: the bank's path as the host wants it written, and the bank's id for the day the path is wrong.
#include "plugin/lv2/morph.h"

#include <lv2/core/lv2_util.h>

#include <cstdlib>
#include <cstring>

namespace timbrel::lv2 {

namespace {

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

} // namespace

LV2_State_Status Morph::save(LV2_State_Store_Function store, LV2_State_Handle handle,
                             const LV2_Feature* const* features) {
    const WantedBank bank = loader_.wanted();
    if (bank.path.empty()) return LV2_STATE_SUCCESS;
    const PathFeatures paths(features);
    const std::string path = paths.abstract(bank.path);
    const uint32_t flags = LV2_STATE_IS_POD | (paths.map ? LV2_STATE_IS_PORTABLE : 0);
    const LV2_State_Status status = store(handle, urids_.bank, path.c_str(), path.size() + 1, urids_.atom_path, flags);
    if (status != LV2_STATE_SUCCESS || bank.id.empty()) return status;
    return store(handle, urids_.bank_id, bank.id.c_str(), bank.id.size() + 1, urids_.atom_string,
                 LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
}

LV2_State_Status Morph::restore(LV2_State_Retrieve_Function retrieve, LV2_State_Handle handle,
                                const LV2_Feature* const* features) {
    const std::string path = retrieve_text(retrieve, handle, urids_.bank);
    // A state that names no bank is one of knobs alone, such as a preset: the bank stays.
    if (path.empty()) return LV2_STATE_SUCCESS;
    loader_.load({PathFeatures(features).absolute(path), retrieve_text(retrieve, handle, urids_.bank_id)});
    return LV2_STATE_SUCCESS;
}

} // namespace timbrel::lv2
