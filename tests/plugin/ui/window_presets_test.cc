// SPDX-License-Identifier: GPL-3.0-or-later
// The presets that the window lists and writes: sections, banks that have moved, and what a sound consists of.
#define BOOST_TEST_MODULE window_presets
#include <boost/test/unit_test.hpp>

#include "common/error.h"
#include "plugin/lv2/shared/bank_search.h"
#include "plugin/lv2/shared/ports.h"
#include "plugin/ui/presets/window_presets.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/ui/scenes.h"

#include <filesystem>
#include <fstream>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;
namespace fs = std::filesystem;

namespace {

struct Presets {
    Presets() {
        setenv("HOME", folder.file("home").c_str(), 1);
        setenv("TIMBREL_BANKS", folder.file("banks").c_str(), 1);
        fs::create_directories(folder.file("home"));
        fs::create_directories(folder.file("banks"));
        write_tone_bank(folder.file("tones.timbrel"));
        scene.bank_path = folder.file("tones.timbrel");
    }
    // The lines as "heading" or "  name (detail)".
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (const ListLine& line : presets.lines())
            all.push_back(line.kind == ListLine::Kind::heading
                              ? line.text
                              : "  " + line.text + (line.detail.empty() ? "" : " (" + line.detail + ")"));
        return all;
    }
    void set(Parameter parameter, float value) { scene.values[static_cast<size_t>(parameter)] = value; }

    TemporaryFolder folder;
    Scene scene = initial_scene();
    WindowPresets presets{scene, lv2::morph_uri, BUNDLE};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(presets_are_listed_by_bank_user_and_factory, Presets) {
    const std::vector<std::string> factory = lines();
    BOOST_TEST(factory.size() == 13u);
    BOOST_TEST(factory[0] == "Factory");
    BOOST_TEST(factory[1] == "  Dark swell");
    presets.save("With tones");
    const std::string tones = scene.bank_path;
    scene.bank_path = folder.file("gone.timbrel");
    presets.save("With another");
    scene.bank_path.clear();
    presets.save("Of parameters");
    scene.bank_path = tones;
    const std::vector<std::string> all = lines();
    const std::vector<std::string> expected = {"With this bank",  "  With tones",          "Your presets",
                                               "  Of parameters", "  With another (gone)", "Factory"};
    BOOST_TEST(std::vector(all.begin(), all.begin() + 6) == expected, boost::test_tools::per_element());
    // The bank is recognised after it has moved, because presets name its id.
    scene.bank_path = folder.file("banks/moved.timbrel");
    fs::rename(tones, scene.bank_path);
    BOOST_TEST(lines()[1] == "  With tones");
}

BOOST_FIXTURE_TEST_CASE(a_preset_restores_the_whole_sound, Presets) {
    set(Parameter::cutoff, 432.1f);
    set(Parameter::x, 0.25f);
    scene.scale = folder.file("scale.scl");
    scene.keyboard_map = folder.file("map.kbm");
    scene.gesture_bytes = std::make_shared<const std::vector<uint8_t>>(5000, uint8_t{7});
    const CurrentPreset saved = presets.save("All");
    BOOST_TEST(saved.own);
    const CurrentPreset read = presets.read(saved.uri);
    BOOST_TEST(read.values.size() == parameter_count);
    BOOST_TEST(
        (std::find(read.values.begin(), read.values.end(), std::pair(Parameter::cutoff, 432.1f)) != read.values.end()));
    BOOST_REQUIRE(read.files.has_value());
    BOOST_TEST(read.files->bank == scene.bank_path);
    BOOST_TEST(read.files->scale == scene.scale);
    BOOST_TEST(read.files->keyboard_map == scene.keyboard_map);
    BOOST_TEST(*read.files->gesture == *scene.gesture_bytes, boost::test_tools::per_element());
    scene.preset = read;
    BOOST_TEST(!scene.preset_changed());
    scene.gesture_bytes.reset();
    BOOST_TEST(scene.preset_changed());
    fs::rename(scene.bank_path, folder.file("banks/moved.timbrel"));
    BOOST_TEST(presets.read(saved.uri).files->bank == folder.file("banks/moved.timbrel"));
}

BOOST_FIXTURE_TEST_CASE(a_preset_of_parameters_keeps_the_files, Presets) {
    for (const ListLine& line : presets.lines()) {
        if (line.kind == ListLine::Kind::heading) continue;
        const CurrentPreset preset = presets.read(line.value);
        BOOST_TEST(!preset.own);
        BOOST_TEST(!preset.files);
        BOOST_TEST(preset.values.size() == parameter_count - 2); // without X and Y
    }
}

BOOST_FIXTURE_TEST_CASE(a_preset_that_the_host_has_loaded_is_recognised, Presets) {
    BOOST_TEST(presets.recognise().name == "Init");
    set(Parameter::cutoff, 432.1f);
    BOOST_TEST(presets.recognise().name.empty());
    presets.save("Mine");
    BOOST_TEST(presets.recognise().name == "Mine");
    scene.bank_path = "/other.timbrel";
    BOOST_TEST(presets.recognise().name.empty());
}

BOOST_FIXTURE_TEST_CASE(what_another_program_deletes_meanwhile_is_told, Presets) {
    scene.preset = presets.save("Pad");
    fs::remove_all(lv2::user_preset_folder());
    for (const auto& work :
         std::vector<std::function<void()>>{[&] { presets.replace(); }, [&] { presets.rename("New"); },
                                            [&] { presets.remove(); }, [&] { presets.read(scene.preset.uri); }})
        BOOST_CHECK_EXCEPTION(work(), Error,
                              [](const Error& e) { return std::string(e.what()) == "the preset is no longer there"; });
    // Only the user's own are written.
    scene.preset = presets.recognise();
    BOOST_TEST(scene.preset.name == "Init");
    BOOST_CHECK_THROW(presets.replace(), Error);
    BOOST_CHECK_THROW(presets.remove(), Error);
}
