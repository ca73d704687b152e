// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/presets/window_presets.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/foreign_text.h"
#include "plugin/lv2/presets/preset_text.h"
#include "plugin/lv2/presets/turtle.h"
#include "plugin/lv2/shared/bank_search.h"
#include "plugin/lv2/shared/ports.h"

#include <cmath>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

namespace timbrel::ui {

namespace fs = std::filesystem;

namespace {

using Properties = std::map<std::string, std::string>;

constexpr char plugin_name[] = "Timbrel"; // begins the folders of presets

std::string text_of(const Properties& properties, const char* name) {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string() : found->second;
}

// The file of a state. Hosts may link to it; its original path, where it still exists, is the one that users know.
std::string file_of(const Properties& properties, const char* path, const char* original) {
    const std::string first = text_of(properties, original);
    std::error_code error;
    return !first.empty() && fs::exists(first, error) ? first : text_of(properties, path);
}

std::string bank_of(const Properties& properties, const fs::path& bundle) {
    std::string path = file_of(properties, lv2::bank_property, lv2::bank_file_property);
    if (path.empty()) return path;
    const fs::path found = lv2::find_bank({path, text_of(properties, lv2::bank_id_property), bundle.string()});
    return found.empty() ? path : found.string(); // the plugin reports that it is missing
}

} // namespace

std::vector<ListLine> WindowPresets::lines() const {
    const std::string playing = scene_.bank_path.empty() ? std::string() : lv2::read_bank_id(scene_.bank_path);
    std::vector<ListLine> of_bank, own, others;
    for (const lv2::PresetFile& file : list()) {
        ListLine line{ListLine::Kind::preset, printable(file.name), file.uri, {}};
        if (file.bundle == bundle_) { // the plugin's own: parameters only
            others.push_back(std::move(line));
            continue;
        }
        try {
            const Properties properties = lv2::read_preset(file).properties;
            const std::string bank = file_of(properties, lv2::bank_property, lv2::bank_file_property),
                              id = text_of(properties, lv2::bank_id_property);
            if (!bank.empty() && (bank == scene_.bank_path || (!id.empty() && id == playing))) {
                of_bank.push_back(std::move(line));
                continue;
            }
            line.detail = printable(fs::path(bank).stem().string());
        } catch (const Error&) {
            line.detail = "cannot be read";
        }
        (file.own ? own : others).push_back(std::move(line));
    }
    std::vector<ListLine> all;
    const auto add = [&](const char* heading, std::vector<ListLine>& section) {
        if (section.empty()) return;
        all.push_back({ListLine::Kind::heading, heading, "", ""});
        all.insert(all.end(), section.begin(), section.end());
    };
    add("With this bank", of_bank);
    add("Your presets", own);
    add("Factory", others);
    return all;
}

lv2::PresetFile WindowPresets::find(const std::string& uri) const {
    for (const lv2::PresetFile& file : list())
        if (file.uri == uri) return file;
    throw Error("the preset is no longer there");
}

CurrentPreset WindowPresets::read(const lv2::PresetFile& file) const {
    const lv2::PresetContents contents = lv2::read_preset(file);
    CurrentPreset preset{printable(file.name), file.uri, file.own, {}, {}};
    for (const auto& [symbol, value] : contents.ports)
        if (const engine::Parameter parameter = engine::find_parameter(symbol);
            parameter != engine::Parameter::count && std::isfinite(value))
            preset.values.emplace_back(parameter, clamped(parameter, value));
    const std::string bank = bank_of(contents.properties, file.bundle);
    const std::string scale = file_of(contents.properties, lv2::tuning_property, lv2::tuning_file_property);
    auto gesture = lv2::bytes_of_base64(text_of(contents.properties, lv2::gesture_property));
    // Without any of them it is a preset of parameters, as the factory's.
    if (!bank.empty() || !scale.empty() || !gesture.empty())
        preset.files =
            SoundFiles{bank.empty() ? scene_.bank_path : bank,
                       {},
                       scale,
                       file_of(contents.properties, lv2::keyboard_map_property, lv2::keyboard_map_file_property),
                       gesture.empty() ? nullptr : std::make_shared<const std::vector<uint8_t>>(std::move(gesture))};
    return preset;
}

CurrentPreset WindowPresets::read(const std::string& uri) const { return read(find(uri)); }

std::string WindowPresets::text(const std::string& name) const {
    lv2::PresetSound sound;
    sound.values = scene_.values;
    sound.bank = scene_.bank_path;
    if (!sound.bank.empty()) sound.bank_id = lv2::read_bank_id(sound.bank);
    sound.scale = scene_.scale;
    sound.keyboard_map = scene_.keyboard_map;
    if (scene_.gesture_bytes) sound.gesture = *scene_.gesture_bytes;
    return lv2::preset_text(plugin_uri_, name, sound);
}

CurrentPreset WindowPresets::save(const std::string& name) const {
    lv2::create_preset(plugin_uri_, plugin_name, name,
                       [&](const fs::path& file) { write_whole_file(file, text(name)); });
    for (const lv2::PresetFile& file : list())
        if (file.own && file.name == name) return read(file);
    throw Error("the preset " + name + " is saved, but cannot be read");
}

CurrentPreset WindowPresets::replace() const {
    const lv2::PresetFile file = find(scene_.preset.uri);
    if (!file.own) throw Error("the preset " + file.name + " is not one of your own");
    write_whole_file(file.file, text(file.name));
    return read(file);
}

CurrentPreset WindowPresets::rename(const std::string& name) const {
    lv2::rename_preset(plugin_uri_, find(scene_.preset.uri), name);
    CurrentPreset preset = scene_.preset;
    preset.name = name;
    return preset;
}

void WindowPresets::remove() const { lv2::delete_preset(find(scene_.preset.uri)); }

CurrentPreset WindowPresets::recognise() const {
    Scene scene = scene_;
    for (const lv2::PresetFile& file : list()) {
        try {
            scene.preset = read(file);
        } catch (const Error&) {
            continue;
        }
        if (!scene.preset.values.empty() && !scene.preset_changed()) return scene.preset;
    }
    return {};
}

} // namespace timbrel::ui
