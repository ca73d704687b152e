// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/presets.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/output_guard.h"

#include <lv2/presets/presets.h>

#include <cctype>
#include <cstdlib>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace timbrel::host {

namespace fs = std::filesystem;

namespace {

constexpr char plugin_bundle[] = "timbrel.lv2";

// Of the user's own presets; empty without a home folder.
fs::path preset_folder() {
    const char* const home = std::getenv("HOME");
    return home && *home ? fs::path(home) / ".lv2" : fs::path();
}

fs::path require_preset_folder() {
    if (preset_folder().empty()) throw Error("presets cannot be saved, because HOME is not set");
    return preset_folder();
}

// Whether the bundle is a preset of this plugin with this name.
bool is_preset_bundle(const World& world, UridTable& urids, const Instance& instance, const fs::path& bundle,
                      const std::string& name) {
    std::error_code error;
    if (!fs::is_regular_file(bundle / "state.ttl", error)) return false;
    const State state(
        lilv_state_new_from_file(world.get(), urids.map_feature(), nullptr, (bundle / "state.ttl").c_str()));
    const char* const label = state ? lilv_state_get_label(state.get()) : nullptr;
    return label && name == label &&
           lilv_node_equals(lilv_state_get_plugin_uri(state.get()), lilv_plugin_get_uri(instance.plugin()));
}

// The path of a new preset's bundle; nothing if there is a preset of this name. Characters that some file system may
// not allow become _; names that differ only in these are distinguished by a number. The full name is the preset's
// label.
std::optional<fs::path> new_bundle(const World& world, UridTable& urids, const Instance& instance,
                                   const std::string& name) {
    const Node plugin(lilv_plugin_get_name(instance.plugin()));
    std::string folder;
    for (const char c : (plugin ? lilv_node_as_string(plugin.get()) : "") + ("_" + name))
        folder +=
            std::isalnum(static_cast<unsigned char>(c)) || c == '-' || static_cast<unsigned char>(c) > 127 ? c : '_';
    for (int number = 1;; ++number) {
        const std::string suffix = number == 1 ? "" : "_" + std::to_string(number);
        const fs::path bundle = require_preset_folder() / (folder + suffix + ".preset.lv2");
        std::error_code error;
        if (!fs::exists(bundle, error)) return bundle;
        if (is_preset_bundle(world, urids, instance, bundle, name)) return std::nullopt;
    }
}

void write_manifest(const fs::path& bundle, const char* plugin) {
    const std::string text = std::string("@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                                         "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                                         "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n"
                                         "<state.ttl> a pset:Preset ; lv2:appliesTo <") +
                             plugin + "> ; rdfs:seeAlso <state.ttl> .\n";
    AtomicFile out(bundle / "manifest.ttl");
    out.write(std::as_bytes(std::span(text)));
    out.finish();
}

// Reloads all bundles in ~/.lv2, to find presets saved since.
void load_bundles(const World& world) {
    std::error_code error;
    for (fs::directory_iterator entry(preset_folder(), error), end; !error && entry != end; entry.increment(error)) {
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
    if (!preset_folder().empty()) load_bundles(world);
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
    if (name.empty()) throw Error("a preset needs a name");
    const auto bundle = new_bundle(world, urids, instance, name);
    create_folder(preset_folder());
    std::error_code error;
    const bool created = bundle && fs::create_directory(*bundle, error);
    if (error) throw Error("the preset " + name + " cannot be saved: " + bundle->string() + ": " + error.message());
    if (!created) throw Error("the preset " + name + " exists; choose another name");
    try {
        save_state(world, urids, instance, *bundle / "state.ttl", name);
        write_manifest(*bundle, lilv_node_as_uri(lilv_plugin_get_uri(instance.plugin())));
    } catch (const Error&) {
        fs::remove_all(*bundle, error);
        throw;
    }
}

std::string unused_preset_name(const World& world, UridTable& urids, const Instance& instance) {
    for (int number = 1;; ++number) {
        const std::string name = "Stage " + std::to_string(number);
        if (new_bundle(world, urids, instance, name)) return name;
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
