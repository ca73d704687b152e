// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/world.h"

#include "common/error.h"

#include <cstdlib>

namespace timbrel::host {

namespace fs = std::filesystem;

fs::path program_folder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : program.parent_path();
}

World::World() : world_(lilv_world_new()) {
    if (!world_) throw Error("out of memory while looking for plugins");
}

void World::load_path() {
    if (path_loaded_) return;
    lilv_world_load_all(world_.get());
    path_loaded_ = true;
}

const LilvPlugin* World::find(const std::string& plugin_uri) const {
    const Node node = uri(plugin_uri);
    return node ? lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world_.get()), node.get()) : nullptr;
}

const LilvPlugin* World::find_installed(const std::string& plugin_uri) {
    load_path();
    return find(plugin_uri);
}

const LilvPlugin* World::require_installed(const std::string& plugin_uri) {
    if (const LilvPlugin* plugin = find_installed(plugin_uri)) return plugin;
    throw Error("no LV2 plugin " + plugin_uri + " on the LV2 path; lv2ls lists the available ones");
}

const LilvPlugin* World::timbrel_plugin() {
    if (std::getenv("LV2_PATH")) {
        load_path();
        if (const LilvPlugin* plugin = find(timbrel_plugin_uri)) return plugin;
    }
    if (const LilvPlugin* plugin = load_bundled_plugin()) return plugin;
    load_path();
    if (const LilvPlugin* plugin = find(timbrel_plugin_uri)) return plugin;
    throw Error("Timbrel's LV2 bundle timbrel.lv2 was not found; install it, or name its parent folder in LV2_PATH");
}

const LilvPlugin* World::load_bundled_plugin() {
    const fs::path folder = program_folder();
    for (const fs::path& bundle :
         {folder / ".." / "plugin" / "lv2" / "bundle" / "timbrel.lv2", folder / ".." / "lib" / "lv2" / "timbrel.lv2"}) {
        std::error_code error;
        const fs::path real = fs::canonical(bundle, error);
        if (error || !fs::exists(real / "manifest.ttl", error)) continue;
        const Node node(lilv_new_file_uri(world_.get(), nullptr, (real.string() + "/").c_str()));
        lilv_world_load_bundle(world_.get(), node.get());
        if (const LilvPlugin* plugin = find(timbrel_plugin_uri)) return plugin;
    }
    return nullptr;
}

} // namespace timbrel::host
