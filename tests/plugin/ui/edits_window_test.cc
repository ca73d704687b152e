// SPDX-License-Identifier: GPL-3.0-or-later
// Undo, random values and presets by mouse and keys in the real window, with a running plugin.
#define BOOST_TEST_MODULE edits_window
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "host/lv2/presets.h"
#include "host/lv2/state.h"
#include "plugin/lv2/presets/preset_files.h"
#include "plugin/ui/paint/theme.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/running_plugin.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

namespace fs = std::filesystem;

struct EditedWindow : VirtualScreen {
    EditedWindow() {
        setenv("HOME", folder.file("home").c_str(), 1);
        fs::create_directories(folder.file("home"));
        write_tone_bank(folder.file("tones.timbrel"));
        running.emplace(folder.file("tones.timbrel"));
    }
    void use(const std::string& commands) {
        run_xdotool(commands + " sleep 0.1", [this] { running->step(); });
    }
    float value(Parameter parameter) const { return running->instance.control(lv2::parameter_port(parameter)); }
    static ui::Point knob(Parameter parameter) {
        for (const ui::Panel& panel : default_layout().panels)
            for (const ui::Control& control : panel.controls)
                if (control.parameter == parameter) return control.area.centre();
        throw std::logic_error("no such control");
    }
    // Drags a knob in some steps.
    void drag(Parameter parameter, int down) {
        const ui::Point at = knob(parameter);
        std::string moves = "mousemove " + point_text(at) + "mousedown 1 ";
        for (int i = 1; i <= 5; ++i) moves += "mousemove " + point_text({at.x, at.y + down * i / 5.0}) + "sleep 0.02 ";
        use(moves + "mouseup 1");
    }
    void click(const ui::Rect& area) { use("mousemove " + point_text(area.centre()) + "click 1"); }
    // Clicks on the line of the open list of presets, counted from 0.
    void click_line(int line) {
        const ui::Rect& button = default_layout().preset_button;
        use("mousemove " + point_text({button.centre().x, button.bottom() + 12 + 28 * (line + 0.5)}) + "click 1");
    }
    // Whether the mark of changes shows behind the preset's name.
    bool marked() const {
        const ui::Rect& button = default_layout().preset_button;
        const auto pixels = row(static_cast<int>(button.x) + 20, static_cast<int>(button.centre().y),
                                static_cast<unsigned>(button.width) - 60);
        return std::any_of(pixels.begin(), pixels.end(),
                           [](const ui::Colour& pixel) { return distance(pixel, ui::theme(true).accent) < 0.05; });
    }
    void record_gesture() {
        const auto record = "mousemove " + point_text(knob(Parameter::gesture)) + "click 1 ";
        use(record + "sleep 0.2 mousemove " + position_text(0.2f, 0.2f) + "mousedown 1 mousemove " +
            position_text(0.5f, 0.8f) + "sleep 0.1 mousemove " + position_text(0.9f, 0.3f) + "sleep 0.1 mouseup 1 " +
            record + "sleep 0.5");
    }
    bool has_gesture() { return host::saves_property(running->urids, running->instance, lv2::gesture_property); }
    void clear_gesture() {
        std::ofstream(folder.file("empty"));
        running->instance.send_path(lv2::gesture_import_property, folder.file("empty"));
        use("sleep 0.3");
    }
    static std::vector<std::string> own_presets() { return lv2::own_preset_names(lv2::morph_uri); }
    static lv2::PresetFile preset(const std::string& name) {
        for (const lv2::PresetFile& file : lv2::list_presets(lv2::morph_uri, {}))
            if (file.name == name) return file;
        throw std::runtime_error("no preset " + name);
    }

    TemporaryFolder folder;
    std::optional<RunningPlugin> running;
};

using Names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_CASE(keys_undo_and_redo_what_the_hand_did, EditedWindow) {
    drag(Parameter::cutoff, 60);
    const float turned = value(Parameter::cutoff);
    BOOST_TEST(turned < 10000);
    use("mousemove " + position_text(0.2f, 0.8f) + "click 1");
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.2f) < 0.01f);
    use("key ctrl+z");
    BOOST_TEST(value(Parameter::x) == 0.5f);
    use("key ctrl+z");
    BOOST_TEST(value(Parameter::cutoff) == 20000.0f);
    use("key ctrl+shift+z");
    BOOST_TEST(value(Parameter::cutoff) == turned);
    use("key ctrl+y");
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.2f) < 0.01f);
    click(default_layout().undo_button);
    click(default_layout().undo_button);
    BOOST_TEST(value(Parameter::cutoff) == 20000.0f);
    // The host's automation is no step, and undo does not move what it has moved.
    use("key ctrl+y");
    running->instance.send_control(lv2::parameter_port(Parameter::cutoff), 300);
    use("key ctrl+z");
    BOOST_TEST(value(Parameter::cutoff) == 300.0f);
}

BOOST_FIXTURE_TEST_CASE(mouse_and_keys_open_the_menu_of_a_corner, EditedWindow) {
    const ui::Point corner = ui::plane_to_window(default_layout().plane, {1, 1});
    // Whether the menu covers the plane near its north-east corner, above the menu's text.
    const auto is_open = [&] {
        const auto pixels = row(static_cast<int>(corner.x) - 120, static_cast<int>(corner.y) - 14, 60);
        return std::all_of(pixels.begin(), pixels.end(),
                           [](const ui::Colour& pixel) { return distance(pixel, ui::theme(true).panel) < 0.05; });
    };
    BOOST_TEST(!is_open());
    use("mousemove " + position_text(0.95f, 0.95f) + "click 3");
    BOOST_TEST(is_open());
    BOOST_TEST(value(Parameter::x) == 0.5f);
    use("key Escape");
    BOOST_TEST(!is_open());
    use("mousemove " + position_text(0.6f, 0.6f) + "click 1 key Menu");
    BOOST_TEST(is_open());
    use("key Down key Escape");
    BOOST_TEST(!is_open());
    use("key shift+F10");
    BOOST_TEST(is_open());
    use("mousemove " + position_text(0.2f, 0.2f) + "click 1");
    BOOST_TEST(!is_open());
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.6f) < 0.01f); // the click only closed the menu
}

BOOST_FIXTURE_TEST_CASE(buttons_compare_initialise_and_draw_at_random, EditedWindow) {
    const ui::Layout& layout = default_layout();
    drag(Parameter::cutoff, 60);
    const float a = value(Parameter::cutoff);
    click(layout.sides_button);
    drag(Parameter::cutoff, 60);
    const float b = value(Parameter::cutoff);
    BOOST_TEST(b < a);
    click(layout.sides_button);
    BOOST_TEST(value(Parameter::cutoff) == a);
    click(layout.copy_button);
    click(layout.sides_button);
    BOOST_TEST(value(Parameter::cutoff) == a);
    click(layout.random_button);
    const ui::Rect& random = layout.random_button;
    use("mousemove " + point_text({layout.toolbar.right() - 100, random.bottom() + 12 + 14}) + "click 1");
    BOOST_TEST(value(Parameter::cutoff) != a);
    BOOST_TEST((value(Parameter::x) == 0.5f && value(Parameter::y) == 0.5f));
    click(layout.init_button);
    for (size_t i = 0; i < parameter_count; ++i)
        BOOST_TEST(value(static_cast<Parameter>(i)) == parameters[i].initial, parameters[i].symbol);
}

BOOST_FIXTURE_TEST_CASE(presets_are_saved_loaded_renamed_and_deleted, EditedWindow) {
    const ui::Layout& layout = default_layout();
    const ui::Rect& button = layout.preset_button;
    record_gesture(); // it belongs to the sound
    drag(Parameter::cutoff, 60);
    const float cutoff = value(Parameter::cutoff), x = value(Parameter::x);

    click(button);
    click_line(0); // save as a new preset
    use("key P a d slash 1 BackSpace 2 Return");
    BOOST_TEST(own_presets() == Names{"Pad/2"}, boost::test_tools::per_element());
    BOOST_TEST(!marked());
    // The player's own code reads all of it.
    clear_gesture();
    BOOST_TEST(!has_gesture());
    host::restore_state(running->urids,
                        host::find_preset(running->world, running->urids, running->instance, "Pad/2").get(),
                        running->instance);
    use("sleep 0.2");
    BOOST_TEST(has_gesture());

    drag(Parameter::cutoff, 40);
    BOOST_TEST(marked());
    use("mousemove " + position_text(0.1f, 0.1f) + "click 1");
    clear_gesture();
    // A name that exists is refused; the file stays.
    click(button);
    click_line(1); // below "Save Pad/2"
    use("key P a d slash 2 Return Escape");
    BOOST_TEST(lv2::read_preset(preset("Pad/2")).ports.at("cutoff") == cutoff);
    // Loaded again: the fifth line, below save, save as, rename, delete and a heading.
    click(button);
    click_line(5);
    BOOST_TEST(value(Parameter::cutoff) == cutoff);
    BOOST_TEST(value(Parameter::x) == x);
    use("sleep 0.3");
    BOOST_TEST(has_gesture());
    BOOST_TEST(!marked());
    use("key ctrl+z"); // the load is one step
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.1f) < 0.01f);
    BOOST_TEST(value(Parameter::cutoff) < cutoff);

    // Saved over.
    const float lower = value(Parameter::cutoff);
    click(button);
    click_line(0);
    BOOST_TEST(lv2::read_preset(preset("Pad/2")).ports.at("cutoff") == lower);
    click(button);
    click_line(1); // rename
    use("key Delete N e w Return");
    BOOST_TEST(own_presets() == Names{"New"}, boost::test_tools::per_element());
    click(button);
    click_line(2); // delete
    BOOST_TEST(own_presets().size() == 1u);
    click_line(2);
    BOOST_TEST(own_presets().empty());
    BOOST_TEST(fs::is_empty(lv2::user_preset_folder()));
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_cannot_be_written_is_told_in_the_window, EditedWindow) {
    std::ofstream(folder.file("home/.lv2")) << "no folder";
    const auto bright = [&] { // letters of the notice
        const ui::Rect& line = default_layout().status;
        const auto pixels = row(static_cast<int>(line.x), static_cast<int>(line.centre().y), 120);
        return std::count_if(pixels.begin(), pixels.end(),
                             [](const ui::Colour& pixel) { return distance(pixel, ui::theme(true).text) < 0.3; });
    };
    use("mousemove 5 5");
    BOOST_TEST(bright() == 0);
    click(default_layout().preset_button);
    click_line(0);
    use("key A Return mousemove 5 5");
    BOOST_TEST(bright() > 5);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
    while (std::chrono::steady_clock::now() < end) running->step();
    BOOST_TEST(bright() == 0);
}

int main(int count, char** arguments) {
    if (!have({"Xvfb", "xdotool"})) return skipped;
    const TemporaryFolder settings;
    setenv("XDG_CONFIG_HOME", settings.file("").c_str(), 1);
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
