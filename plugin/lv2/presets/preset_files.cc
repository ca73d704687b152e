// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/presets/preset_files.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/output_guard.h"
#include "common/user_dirs.h"
#include "plugin/lv2/presets/turtle.h"
#include "plugin/lv2/shared/turtle_text.h"

#include <lv2/core/lv2.h>
#include <lv2/presets/presets.h>
#include <lv2/state/state.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>
#include <system_error>

namespace timbrel::lv2 {

namespace {

namespace fs = std::filesystem;

constexpr char rdf_type[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
               rdfs_label[] = "http://www.w3.org/2000/01/rdf-schema#label",
               rdfs_see_also[] = "http://www.w3.org/2000/01/rdf-schema#seeAlso",
               atom_path[] = "http://lv2plug.in/ns/ext/atom#Path";
constexpr size_t max_folder_name = 180; // bytes, below the 255 that most file systems allow

// The folders of bundles; the user's first.
std::vector<fs::path> bundle_folders() {
    std::vector<fs::path> folders = {user_preset_folder()};
    const char* const path = std::getenv("LV2_PATH");
    for (fs::path& folder : split_dirs(path && *path ? path : "/usr/local/lib/lv2:/usr/lib/lv2"))
        folders.push_back(std::move(folder));
    return folders;
}

const TurtleNode* object_of(const std::vector<TurtleTriple>& triples, const std::string& subject,
                            const std::string& predicate) {
    const auto found = std::find_if(triples.begin(), triples.end(), [&](const TurtleTriple& triple) {
        return triple.subject.text == subject && triple.predicate == predicate;
    });
    return found == triples.end() ? nullptr : &found->object;
}

bool states(const std::vector<TurtleTriple>& triples, const std::string& subject, const std::string& predicate,
            const std::string& object) {
    return std::any_of(triples.begin(), triples.end(), [&](const TurtleTriple& triple) {
        return triple.subject.text == subject && triple.predicate == predicate && triple.object.text == object;
    });
}

// The subjects of this type.
std::set<std::string> subjects_of_type(const std::vector<TurtleTriple>& triples, const std::string& type) {
    std::set<std::string> subjects;
    for (const TurtleTriple& triple : triples)
        if (triple.predicate == rdf_type && triple.object.text == type) subjects.insert(triple.subject.text);
    return subjects;
}

// The label in the manifest, or else in the preset's own file; empty for none.
std::string label_of(const std::vector<TurtleTriple>& manifest, const PresetFile& preset) {
    if (const TurtleNode* const label = object_of(manifest, preset.uri, rdfs_label)) return label->text;
    const auto contents = read_turtle(preset.file);
    const TurtleNode* const label = object_of(contents, preset.uri, rdfs_label);
    return label ? label->text : std::string();
}

// Adds the plugin's presets in the bundle.
void add_presets(std::vector<PresetFile>& presets, const std::string& plugin_uri, const fs::path& bundle) {
    const fs::path manifest_file = bundle / "manifest.ttl";
    // Other plugins' manifests, which may be long, need not be parsed.
    if (read_whole_file(manifest_file).value_or("").find(plugin_uri) == std::string::npos) return;
    const auto manifest = read_turtle(manifest_file);
    const std::set<std::string> subjects = subjects_of_type(manifest, LV2_PRESETS__Preset);
    std::error_code error;
    const bool own = subjects.size() == 1 && subjects_of_type(manifest, LV2_CORE__Plugin).empty() &&
                     bundle.parent_path() == user_preset_folder() && !fs::is_symlink(bundle, error);
    for (const std::string& uri : subjects) {
        if (!states(manifest, uri, LV2_CORE__appliesTo, plugin_uri)) continue;
        const TurtleNode* const file = object_of(manifest, uri, rdfs_see_also);
        PresetFile preset{{}, uri, bundle, path_of_uri(file ? file->text : uri), own};
        preset.name = label_of(manifest, preset);
        if (!preset.name.empty()) presets.push_back(std::move(preset));
    }
}

std::vector<PresetFile> presets_in(const fs::path& folder, const std::string& plugin_uri) {
    std::vector<PresetFile> presets;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        try {
            add_presets(presets, plugin_uri, entry->path());
        } catch (const Error&) {
            // Another program's file, or one that is just being written.
        }
    }
    return presets;
}

void sort_by_name(std::vector<PresetFile>& presets) {
    std::stable_sort(presets.begin(), presets.end(),
                     [](const PresetFile& a, const PresetFile& b) { return a.name < b.name; });
}

void require_usable_name(const std::string& plugin_uri, const std::string& name) {
    if (name.find_first_not_of(' ') == std::string::npos) throw Error("a preset needs a name");
    const std::vector<std::string> taken = own_preset_names(plugin_uri);
    if (std::find(taken.begin(), taken.end(), name) != taken.end())
        throw Error("the preset " + name + " exists; choose another name");
}

// The folder of a new preset. Characters that some file system may not allow become _; names that differ only in these
// are distinguished by a number.
fs::path new_bundle(const std::string& plugin_name, const std::string& name) {
    std::string text = plugin_name, folder;
    text.append("_").append(name);
    for (const char c : text)
        folder +=
            std::isalnum(static_cast<unsigned char>(c)) || c == '-' || static_cast<unsigned char>(c) > 127 ? c : '_';
    size_t end = std::min(folder.size(), max_folder_name);
    while (end < folder.size() && (static_cast<unsigned char>(folder[end]) & 0xc0) == 0x80) --end;
    folder.resize(end);
    for (int number = 1;; ++number) {
        const std::string suffix = number == 1 ? "" : "_" + std::to_string(number);
        fs::path bundle = user_preset_folder() / (folder + suffix + ".preset.lv2");
        std::error_code error;
        if (!fs::exists(fs::symlink_status(bundle, error))) return bundle;
    }
}

void require_own(const PresetFile& preset) {
    if (!preset.own) throw Error("the preset " + preset.name + " is not one of your own");
}

// A text or a path; a relative path counts from the preset's folder.
std::string property_text(const TurtleNode& node, const fs::path& folder) {
    if (node.kind == TurtleNode::Kind::uri) return path_of_uri(node.text).string();
    return node.datatype == atom_path ? (folder / node.text).lexically_normal().string() : node.text;
}

std::optional<float> number_of(const TurtleNode* node) {
    float value = 0;
    if (!node) return {};
    const char* const last = node->text.data() + node->text.size();
    const auto [end, error] = std::from_chars(node->text.data(), last, value);
    return error == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

} // namespace

fs::path user_preset_folder() {
    const char* const home = std::getenv("HOME");
    return home && *home ? fs::path(home) / ".lv2" : fs::path();
}

std::vector<PresetFile> list_presets(const std::string& plugin_uri, const fs::path& bundle) {
    std::vector<PresetFile> all;
    const auto add = [&](std::vector<PresetFile> presets) {
        sort_by_name(presets);
        for (PresetFile& preset : presets)
            if (std::none_of(all.begin(), all.end(), [&](const PresetFile& other) { return other.uri == preset.uri; }))
                all.push_back(std::move(preset));
    };
    for (const fs::path& folder : bundle_folders())
        if (!folder.empty()) add(presets_in(folder, plugin_uri));
    if (bundle.empty()) return all;
    std::vector<PresetFile> factory;
    try {
        add_presets(factory, plugin_uri, bundle);
    } catch (const Error&) {
        // A bundle without a readable description: its window still opens.
    }
    add(std::move(factory));
    return all;
}

std::vector<std::string> own_preset_names(const std::string& plugin_uri) {
    std::vector<std::string> names;
    if (user_preset_folder().empty()) return names;
    for (PresetFile& preset : presets_in(user_preset_folder(), plugin_uri)) names.push_back(std::move(preset.name));
    return names;
}

PresetContents read_preset(const PresetFile& preset) {
    PresetContents contents;
    const auto triples = read_turtle(preset.file);
    for (const TurtleTriple& triple : triples) {
        if (triple.subject.text != preset.uri) continue;
        if (triple.predicate == LV2_CORE__port) {
            const TurtleNode* const symbol = object_of(triples, triple.object.text, LV2_CORE__symbol);
            const auto value = number_of(object_of(triples, triple.object.text, LV2_PRESETS__value));
            if (symbol && value) contents.ports[symbol->text] = *value;
        }
        if (triple.predicate == LV2_STATE__state)
            for (const TurtleTriple& property : triples)
                if (property.subject.text == triple.object.text)
                    contents.properties[property.predicate] = property_text(property.object, preset.file.parent_path());
    }
    return contents;
}

void create_preset(const std::string& plugin_uri, const std::string& plugin_name, const std::string& name,
                   const std::function<void(const fs::path&)>& write) {
    if (user_preset_folder().empty()) throw Error("presets cannot be saved, because HOME is not set");
    require_usable_name(plugin_uri, name);
    const fs::path bundle = new_bundle(plugin_name, name);
    create_folder(user_preset_folder());
    std::error_code error;
    if (!fs::create_directory(bundle, error))
        throw Error("the preset " + name + " cannot be saved: " + bundle.string() + ": " + error.message());
    try {
        write(bundle / "state.ttl");
        write_whole_file(bundle / "manifest.ttl", "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                                                  "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                                                  "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\n"
                                                  "<state.ttl> a pset:Preset ; lv2:appliesTo <" +
                                                      plugin_uri + "> ; rdfs:label " + turtle_quoted(name) +
                                                      " ; rdfs:seeAlso <state.ttl> .\n");
    } catch (const Error&) {
        fs::remove_all(bundle, error);
        throw;
    }
}

void rename_preset(const std::string& plugin_uri, const PresetFile& preset, const std::string& name) {
    require_own(preset);
    if (name == preset.name) return;
    require_usable_name(plugin_uri, name);
    for (const fs::path& file : {preset.file, preset.bundle / "manifest.ttl"})
        if (object_of(read_turtle(file), preset.uri, rdfs_label))
            write_whole_file(file, replace_literal(file, preset.uri, rdfs_label, name));
}

// Renamed first: a bundle that cannot be removed then loses no file, and one that is half removed is no preset.
void delete_preset(const PresetFile& preset) {
    require_own(preset);
    const fs::path removed = preset.bundle.parent_path() / ("." + preset.bundle.filename().string() + ".deleted");
    std::error_code error;
    fs::remove_all(removed, error);
    fs::rename(preset.bundle, removed, error);
    if (error) throw Error("the preset " + preset.name + " cannot be deleted: " + error.message());
    fs::remove_all(removed, error);
    if (error)
        throw Error("the preset " + preset.name + " is deleted, but " + removed.string() +
                    " remains: " + error.message());
}

} // namespace timbrel::lv2
