// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 presets on the disk, for the window, which knows no LV2 host's library, and for the player: bundles (folders) on
// the LV2 path. The user's own are in ~/.lv2, which all LV2 hosts share. Thread: control; reads and writes files.
// Functions that write throw Error with one clear line; what was there before is then unchanged.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace timbrel::lv2 {

struct PresetFile {
    std::string name; // its label
    std::string uri;
    std::filesystem::path bundle, file; // the file with its contents
    bool own = false;                   // a bundle in ~/.lv2 with this preset only: may be replaced, renamed, deleted
};

// Where the user's own presets are; empty if HOME is not set.
std::filesystem::path user_preset_folder();

// The presets of a plugin in ~/.lv2, then those on the rest of the LV2 path and in `bundle`, the plugin's own (may be
// empty); each folder's sorted by name. What cannot be read is left out.
std::vector<PresetFile> list_presets(const std::string& plugin_uri, const std::filesystem::path& bundle);

// The names of the user's presets of a plugin.
std::vector<std::string> own_preset_names(const std::string& plugin_uri);

// A preset's contents. Throws Error if the file cannot be read.
struct PresetContents {
    std::map<std::string, float> ports;            // values by symbol
    std::map<std::string, std::string> properties; // of its state: texts and absolute paths, by the property's URI
};
PresetContents read_preset(const PresetFile& preset);

// Creates a bundle in ~/.lv2. `write` is to write the preset's file at the given path, with the name as rdfs:label.
// `plugin_name` begins the folder's name. Refuses an empty name and one that the user has already.
void create_preset(const std::string& plugin_uri, const std::string& plugin_name, const std::string& name,
                   const std::function<void(const std::filesystem::path&)>& write);

// Both for presets that are `own` only.
void rename_preset(const std::string& plugin_uri, const PresetFile& preset, const std::string& name);
void delete_preset(const PresetFile& preset);

} // namespace timbrel::lv2
