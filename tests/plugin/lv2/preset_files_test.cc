// SPDX-License-Identifier: GPL-3.0-or-later
// Presets on the disk: listed, read, saved, renamed and deleted, with awkward names and folders; lilv reads the same.
#define BOOST_TEST_MODULE preset_files
#include <boost/test/unit_test.hpp>

#include "common/atomic_file.h"
#include "common/error.h"
#include "host/lv2/world.h"
#include "plugin/lv2/presets/preset_files.h"
#include "plugin/lv2/presets/preset_text.h"
#include "plugin/lv2/shared/ports.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <algorithm>
#include <fstream>
#include <set>

using namespace timbrel;
using namespace timbrel::lv2;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct Home {
    Home() {
        setenv("HOME", folder.file("home").c_str(), 1);
        setenv("LV2_PATH", folder.file("other").c_str(), 1);
        fs::create_directories(folder.file("home"));
        fs::create_directories(folder.file("other"));
        for (size_t i = 0; i < engine::parameter_count; ++i) sound.values[i] = engine::parameters[i].initial;
    }
    void save(const std::string& name) const {
        create_preset(morph_uri, "Timbrel", name,
                      [&](const fs::path& file) { write_whole_file(file, preset_text(morph_uri, name, sound)); });
    }
    static std::vector<PresetFile> list() { return list_presets(morph_uri, {}); }
    static PresetFile find(const std::string& name) {
        for (const PresetFile& preset : list())
            if (preset.name == name) return preset;
        throw std::runtime_error("no preset " + name);
    }
    static std::set<std::string> names() {
        std::set<std::string> all;
        for (const PresetFile& preset : list()) all.insert(preset.name);
        return all;
    }
    // The number of files in the user's folder.
    static long files() {
        return std::distance(fs::recursive_directory_iterator(user_preset_folder()),
                             fs::recursive_directory_iterator());
    }

    TemporaryFolder folder;
    PresetSound sound;
};

bool is_one_line(const Error& error, const std::string& part) {
    const std::string text = error.what();
    return text.find(part) != std::string::npos && text.find('\n') == std::string::npos;
}

const char* const awkward_names[] = {"Pad",
                                     "a/b",
                                     "..",
                                     "///",
                                     "\"quoted\" \\ back",
                                     "Zwölf Töne",
                                     "a.ttl",
                                     " leading",
                                     "<urn:x> a <urn:y> .",
                                     "Night & Day",
                                     "Pad [soft]",
                                     "Pad (soft)"};

} // namespace

BOOST_FIXTURE_TEST_CASE(awkward_names_are_kept_as_they_are, Home) {
    for (const char* name : awkward_names) save(name);
    save(std::string(400, 'x'));
    BOOST_TEST(names().size() == std::size(awkward_names) + 1);
    for (const char* name : awkward_names) BOOST_TEST(names().contains(name), name);
    // Every bundle is directly in ~/.lv2.
    for (const PresetFile& preset : list()) {
        BOOST_TEST(preset.own);
        BOOST_TEST(fs::canonical(preset.bundle).parent_path() == fs::canonical(user_preset_folder()));
    }
}

BOOST_FIXTURE_TEST_CASE(a_preset_is_read_as_it_was_saved, Home) {
    sound.values[static_cast<size_t>(engine::Parameter::cutoff)] = 1234.5f;
    sound.values[static_cast<size_t>(engine::Parameter::orbit_rate)] = 0.0123f;
    sound.bank = folder.file("my bank (2).timbrel");
    sound.bank_id = "0123456789abcdef";
    sound.scale = folder.file("scäle.scl");
    save("All");
    const PresetContents contents = read_preset(find("All"));
    BOOST_TEST(contents.ports.size() == engine::parameter_count);
    BOOST_TEST(contents.ports.at("cutoff") == 1234.5f);
    BOOST_TEST(contents.ports.at("orbit_rate") == 0.0123f);
    BOOST_TEST(contents.properties.at(bank_property) == sound.bank);
    BOOST_TEST(contents.properties.at(bank_file_property) == sound.bank);
    BOOST_TEST(contents.properties.at(bank_id_property) == sound.bank_id);
    BOOST_TEST(contents.properties.at(tuning_property) == sound.scale);
    BOOST_TEST(!contents.properties.contains(keyboard_map_property));
}

BOOST_FIXTURE_TEST_CASE(lilv_reads_what_is_saved_and_renamed, Home) {
    for (const char* name : awkward_names) save(name);
    rename_preset(morph_uri, find("Pad"), "Pad \"2\"");
    std::set<std::string> labels;
    for (const PresetFile& preset : list()) {
        const host::World world;
        LV2_URID_Map map{nullptr, [](LV2_URID_Map_Handle, const char* uri) {
                             static std::map<std::string, LV2_URID> known;
                             return known.try_emplace(uri, known.size() + 1).first->second;
                         }};
        LilvState* const state = lilv_state_new_from_file(world.get(), &map, nullptr, preset.file.c_str());
        BOOST_REQUIRE(state);
        labels.insert(lilv_state_get_label(state));
        BOOST_TEST(lilv_state_get_num_properties(state) == 0u);
        lilv_state_free(state);
    }
    BOOST_TEST(labels == names(), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(names_that_cannot_be_used_are_refused_in_one_line, Home) {
    save("Pad");
    const long before = files();
    for (const char* name : {"", " ", "   "})
        BOOST_CHECK_EXCEPTION(save(name), Error, [](const Error& e) { return is_one_line(e, "needs a name"); });
    BOOST_CHECK_EXCEPTION(save("Pad"), Error, [](const Error& e) { return is_one_line(e, "the preset Pad exists"); });
    save("Lead");
    BOOST_CHECK_EXCEPTION(rename_preset(morph_uri, find("Lead"), "Pad"), Error,
                          [](const Error& e) { return is_one_line(e, "the preset Pad exists"); });
    BOOST_CHECK_EXCEPTION(rename_preset(morph_uri, find("Lead"), " "), Error,
                          [](const Error& e) { return is_one_line(e, "needs a name"); });
    delete_preset(find("Lead"));
    BOOST_TEST(files() == before);
}

BOOST_FIXTURE_TEST_CASE(a_renamed_preset_keeps_its_contents_and_frees_its_name, Home) {
    sound.values[static_cast<size_t>(engine::Parameter::cutoff)] = 700;
    sound.bank = folder.file("bank.timbrel");
    save("Old");
    // What another host or a later version may have added.
    std::ofstream(find("Old").file, std::ios::app)
        << "<> <urn:other:comment> \"kept\" ; <urn:other:link> <other.wav> .\n";
    const PresetContents before = read_preset(find("Old"));
    rename_preset(morph_uri, find("Old"), "New / \"name\"");
    BOOST_TEST((names() == std::set<std::string>{"New / \"name\""}));
    const PresetContents after = read_preset(find("New / \"name\""));
    BOOST_TEST((after.ports == before.ports));
    BOOST_TEST((after.properties == before.properties));
    std::ifstream in(find("New / \"name\"").file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    BOOST_TEST(text.find("\"kept\"") != std::string::npos);
    BOOST_TEST(text.find("<other.wav>") != std::string::npos); // still relative
    save("Old");                                               // its folder is that of the renamed one
    BOOST_TEST(names().size() == 2u);
    BOOST_CHECK_THROW(save("New / \"name\""), Error);
}

BOOST_FIXTURE_TEST_CASE(only_the_users_own_presets_can_be_changed, Home) {
    // A pack of two presets in ~/.lv2, one preset elsewhere, and a link to a bundle.
    const std::string prefixes = "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                                 "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                                 "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";
    const auto write = [&](const fs::path& bundle, const std::vector<std::string>& presets) {
        fs::create_directories(bundle);
        std::ofstream manifest(bundle / "manifest.ttl");
        manifest << prefixes;
        for (const std::string& name : presets) {
            manifest << "<" << name << ".ttl> a pset:Preset ; lv2:appliesTo <urn:timbrel:morph> ; rdfs:seeAlso <"
                     << name << ".ttl> .\n";
            std::ofstream(bundle / (name + ".ttl"))
                << prefixes << "<> a pset:Preset ; lv2:appliesTo <urn:timbrel:morph> ; rdfs:label \"" << name
                << "\" .\n";
        }
    };
    write(user_preset_folder() / "pack.lv2", {"One", "Two"});
    write(folder.file("other/system.lv2"), {"Three"});
    write(folder.file("linked.lv2"), {"Four"});
    fs::create_directory_symlink(folder.file("linked.lv2"), user_preset_folder() / "link.lv2");
    write(user_preset_folder() / "mine.lv2", {"Five"});
    std::ofstream(user_preset_folder() / "mine.lv2" / "broken.ttl") << "<<<";
    fs::create_directories(user_preset_folder() / "broken.lv2");
    std::ofstream(user_preset_folder() / "broken.lv2" / "manifest.ttl") << "<urn:timbrel:morph> <<< not Turtle";
    BOOST_TEST((names() == std::set<std::string>{"One", "Two", "Three", "Four", "Five"}));
    for (const char* name : {"One", "Two", "Three", "Four"}) {
        BOOST_TEST(!find(name).own);
        BOOST_CHECK_THROW(delete_preset(find(name)), Error);
        BOOST_CHECK_THROW(rename_preset(morph_uri, find(name), "Six"), Error);
    }
    rename_preset(morph_uri, find("Five"), "Six");
    delete_preset(find("Six"));
    BOOST_TEST((names() == std::set<std::string>{"One", "Two", "Three", "Four"}));
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_cannot_be_written_loses_nothing, Home) {
    std::ofstream(folder.file("home/.lv2")) << "a file in the folder's place";
    BOOST_CHECK_EXCEPTION(save("Pad"), Error, [](const Error& e) { return is_one_line(e, ".lv2"); });
    fs::remove(folder.file("home/.lv2"));
    save("Pad");
    // A folder in the place of the file that is to be replaced.
    const PresetFile preset = find("Pad");
    const PresetContents before = read_preset(preset);
    fs::create_directories(preset.bundle.parent_path() / ("." + preset.bundle.filename().string() + ".deleted"));
    delete_preset(preset); // what an earlier deletion left is no obstacle
    BOOST_TEST(files() == 0);
    // A write that fails half-way leaves no bundle.
    BOOST_CHECK_THROW(create_preset(morph_uri, "Timbrel", "Half",
                                    [](const fs::path& file) {
                                        std::ofstream(file) << "half";
                                        throw Error("the disk is full");
                                    }),
                      Error);
    BOOST_TEST(files() == 0);
    unsetenv("HOME");
    BOOST_CHECK_EXCEPTION(save("Pad"), Error, [](const Error& e) { return is_one_line(e, "HOME"); });
    BOOST_TEST(list().empty());
}
