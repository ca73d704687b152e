// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/presets.h"

#include "common/error.h"
#include "plugin/lv2/presets/preset_files.h"

#include <lv2/presets/presets.h>

#include <algorithm>
#include <system_error>
#include <vector>

namespace timbrel::host {

namespace fs = std::filesystem;

namespace {

constexpr char plugin_bundle[] = "timbrel.lv2";

std::string plugin_uri(const Instance& instance) { return lilv_node_as_uri(lilv_plugin_get_uri(instance.plugin())); }

// Reloads all bundles in ~/.lv2, to find presets saved since.
void load_bundles(const World& world) {
    std::error_code error;
    for (fs::directory_iterator entry(lv2::user_preset_folder(), error), end; !error && entry != end;
         entry.increment(error)) {
        // Skips a copy of the plugin itself, which would replace the loaded one.
        std::error_code unreadable;
        if (!fs::exists(entry->path() / "manifest.ttl", unreadable) || entry->path().filename() == plugin_bundle)
            continue;
        const Node bundle(lilv_new_file_uri(world.get(), nullptr, (entry->path() / "").c_str()));
        lilv_world_unload_bundle(world.get(), bundle.get());
        lilv_world_load_bundle(world.get(), bundle.get());
    }
}

using Presets = std::unique_ptr<LilvNodes, decltype(&lilv_nodes_free)>;

Presets presets_of(const World& world, const Instance& instance) {
    if (!lv2::user_preset_folder().empty()) load_bundles(world);
    const Node kind = world.uri(LV2_PRESETS__Preset);
    return {lilv_plugin_get_related(instance.plugin(), kind.get()), &lilv_nodes_free};
}

// Null for a preset without a label. Reads the preset's own file only if its manifest has no label, because reading a
// thousand large presets takes seconds.
Node label_of(const World& world, const LilvNode* preset) {
    const Node label = world.uri(LILV_NS_RDFS "label");
    const auto read_label = [&] { return Node(lilv_world_get(world.get(), preset, label.get(), nullptr)); };
    if (Node found = read_label()) return found;
    lilv_world_load_resource(world.get(), preset);
    return read_label();
}

} // namespace

void save_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name) {
    const Node plugin_name(lilv_plugin_get_name(instance.plugin()));
    lv2::create_preset(plugin_uri(instance), plugin_name ? lilv_node_as_string(plugin_name.get()) : "", name,
                       [&](const fs::path& file) { save_state(world, urids, instance, file, name); });
}

std::string unused_preset_name(const Instance& instance) {
    const std::vector<std::string> taken = lv2::own_preset_names(plugin_uri(instance));
    for (int number = 1;; ++number) {
        const std::string name = "Stage " + std::to_string(number);
        if (std::find(taken.begin(), taken.end(), name) == taken.end()) return name;
    }
}

std::vector<std::string> preset_names(const World& world, const Instance& instance) {
    const Presets presets = presets_of(world, instance);
    std::vector<std::string> names;
    LILV_FOREACH(nodes, entry, presets.get()) {
        const Node label = label_of(world, lilv_nodes_get(presets.get(), entry));
        if (label) names.emplace_back(lilv_node_as_string(label.get()));
    }
    return names;
}

State find_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name) {
    const Presets presets = presets_of(world, instance);
    LILV_FOREACH(nodes, entry, presets.get()) {
        const LilvNode* const uri = lilv_nodes_get(presets.get(), entry);
        const Node label = label_of(world, uri);
        if (!label || name != lilv_node_as_string(label.get())) continue;
        lilv_world_load_resource(world.get(), uri);
        if (State state{lilv_state_new_from_world(world.get(), urids.map_feature(), uri)}) return state;
    }
    std::string all;
    for (const std::string& other : preset_names(world, instance)) all += (all.empty() ? "" : ", ") + other;
    throw UsageError("preset " + name + ": " + (all.empty() ? "the plugin has no presets" : "there are " + all));
}

} // namespace timbrel::host
