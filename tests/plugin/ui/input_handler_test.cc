// SPDX-License-Identifier: GPL-3.0-or-later
// InputHandler: the effect of pointer, wheel and keys on the scene, and the calls that the controller receives.
#define BOOST_TEST_MODULE hand
#include <boost/test/unit_test.hpp>

#include "plugin/ui/widgets/drop_list.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/ui/input_fixture.h"

#include <fstream>
#include <string>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

using Log = std::vector<std::string>;
using Fixture = InputFixture;

BOOST_FIXTURE_TEST_CASE(pen_pressure_sends_aftertouch_for_the_pressed_key, Fixture) {
    const auto front_edge_of = [&](int key) {
        const Rect area = key_area(layout, key);
        return ui::Point{area.centre().x, area.bottom() - 3};
    };
    input.aftertouch(0.5); // no key is pressed
    input.press(front_edge_of(60), Button::left, false);
    for (const double pressure : {0.001, 0.5, 0.5, 1.0}) input.aftertouch(pressure);
    input.move(front_edge_of(62), false);
    input.aftertouch(1.0);
    input.release();
    input.aftertouch(0.7);
    const Log expected = {"on 60", "pressure 60 64", "pressure 60 127", "off 60", "on 62", "pressure 62 127", "off 62"};
    BOOST_TEST(controller.log == expected, boost::test_tools::per_element());
    input.press(plane(0.5f, 0.5f), Button::left, false);
    controller.log.clear();
    input.aftertouch(0.9);
    BOOST_TEST(controller.log.empty());
}

BOOST_FIXTURE_TEST_CASE(a_drag_on_the_plane_is_one_touch_of_x_and_y, Fixture) {
    input.press(plane(0.2f, 0.3f), Button::left, false);
    input.move(plane(0.6f, 0.9f), false);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.6f) < 1e-4f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.9f) < 1e-4f);
    input.move({layout.plane.right() + 50, layout.plane.y - 50}, false);
    BOOST_TEST(value(Parameter::x) == 1.0f);
    BOOST_TEST(value(Parameter::y) == 1.0f);
    input.release();
    const Log expected = {"begin x", "begin y", "set x", "set y", "set x", "set y", "set x", "set y", "end x", "end y"};
    BOOST_TEST(controller.log == expected, boost::test_tools::per_element());
    BOOST_TEST(dirty.has(Region::plane));
    BOOST_TEST(!dirty.has(Region::panels));
}

BOOST_FIXTURE_TEST_CASE(with_shift_the_plane_moves_a_tenth_of_the_distance, Fixture) {
    const float before = value(Parameter::x);
    input.press(plane(0.2f, 0.5f), Button::left, true);
    BOOST_TEST(value(Parameter::x) == before);
    input.move(plane(0.4f, 0.5f), true);
    BOOST_TEST(std::fabs(value(Parameter::x) - before - 0.02f) < 1e-4f);
}

BOOST_FIXTURE_TEST_CASE(a_knob_turns_resets_and_follows_the_wheel, Fixture) {
    const ui::Point at = control(Parameter::sustain).circle.centre();
    const float before = value(Parameter::sustain);
    input.press(at, Button::left, false);
    input.move({at.x, at.y - 30}, false);
    input.release();
    BOOST_TEST(std::fabs(value(Parameter::sustain) - (before + 60.0f * 30 / 180)) < 0.01f);
    BOOST_TEST((controller.log == Log{"begin sustain", "set sustain", "end sustain"}));
    const float coarse = value(Parameter::sustain);
    input.wheel(at, 0, -1, false);
    const float step = coarse - value(Parameter::sustain);
    BOOST_TEST(std::fabs(step - 1.2f) < 0.01f);
    input.wheel(at, 0, 1, true);
    BOOST_TEST(std::fabs(value(Parameter::sustain) - coarse + step * 0.9f) < 0.01f);
    input.press(at, Button::right, false);
    BOOST_TEST(value(Parameter::sustain) == info(Parameter::sustain).initial);
}

BOOST_FIXTURE_TEST_CASE(a_whole_number_moves_by_whole_steps, Fixture) {
    const ui::Point at = control(Parameter::bend_range).circle.centre();
    input.wheel(at, 0, 1, false);
    BOOST_TEST(value(Parameter::bend_range) == 3.0f);
    input.press(at, Button::left, false);
    for (int i = 1; i <= 40; ++i) input.move({at.x, at.y - i}, false);
    BOOST_TEST(value(Parameter::bend_range) == std::round(3 + 48 * 40 / 180.0f));
}

BOOST_FIXTURE_TEST_CASE(buttons_choose, Fixture) {
    const Control& mode = control(Parameter::play_mode, Control::Kind::choice);
    input.press(option_area(mode, 2).centre(), Button::left, false);
    input.release();
    BOOST_TEST(value(Parameter::play_mode) == 2.0f);
    input.press(control(Parameter::mpe, Control::Kind::toggle).area.centre(), Button::left, false);
    BOOST_TEST(value(Parameter::mpe) == 0.0f);
    const ui::Point record = control(Parameter::gesture, Control::Kind::record).area.centre();
    for (const float expected : {1.0f, 0.0f}) {
        input.press(record, Button::left, false);
        BOOST_TEST(value(Parameter::gesture) == expected);
    }
    input.press(control(Parameter::gesture, Control::Kind::play).area.centre(), Button::left, false);
    BOOST_TEST(value(Parameter::gesture) == 2.0f);
}

BOOST_FIXTURE_TEST_CASE(arrows_and_the_wheel_move_the_plane, Fixture) {
    scene.values[0] = scene.values[1] = 0.5f;
    input.arrow(Arrow::right, false);
    input.arrow(Arrow::down, true);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.52f) < 1e-5f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.498f) < 1e-5f);
    input.wheel(layout.plane.centre(), -2, 1, false);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.48f) < 1e-5f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.518f) < 1e-5f);
    BOOST_TEST((Log(controller.log.begin(), controller.log.begin() + 3) == Log{"begin x", "set x", "end x"}));
    input.press(layout.plane.centre(), Button::right, false);
    BOOST_TEST(value(Parameter::x) == 0.5f);
}

BOOST_FIXTURE_TEST_CASE(the_keyboard_plays_and_slides, Fixture) {
    const auto front_edge_of = [&](int key) {
        const ui::Rect area = key_area(layout, key);
        return ui::Point{area.centre().x, area.bottom() - 3};
    };
    input.press(front_edge_of(60), Button::left, false);
    BOOST_TEST(controller.last_velocity > 110);
    input.move(front_edge_of(62), false);
    input.move({front_edge_of(62).x, front_edge_of(62).y - 200}, false); // off the keyboard
    input.release();
    BOOST_TEST((controller.log == Log{"on 60", "off 60", "on 62", "off 62"}));
    const ui::Rect black = key_area(layout, 61);
    input.press({black.centre().x, black.y + 2}, Button::left, false);
    BOOST_TEST(controller.log.back() == "on 61");
    BOOST_TEST(controller.last_velocity < 50);
    BOOST_TEST(scene.pressed_keys[61]);
}

BOOST_FIXTURE_TEST_CASE(the_computer_keyboard_plays_when_enabled_and_leaves_no_hanging_notes, Fixture) {
    constexpr unsigned q = 24, two = 11, z = 52;
    BOOST_TEST(!input.computer_key(q, true));
    input.press(layout.keyboard_button.centre(), Button::left, false);
    input.release();
    controller.log.clear();
    BOOST_TEST(input.computer_key(q, true));
    input.computer_key(q, true); // auto-repeat
    input.computer_key(two, true);
    input.computer_key(z, true);
    input.shift_octave(1);
    input.computer_key(q, false);
    input.computer_key(q, true);
    input.release_all_keys();
    BOOST_TEST((controller.log == Log{"on 60", "on 61", "on 48", "off 60", "on 72", "off 61", "off 72", "off 48"}));
    BOOST_TEST(scene.pressed_keys.none());
}

BOOST_FIXTURE_TEST_CASE(a_bank_is_chosen_from_the_list, Fixture) {
    const TemporaryFolder folder;
    for (const char* name : {"Bells.timbrel", "Air.timbrel", "notes.txt"}) std::ofstream(folder.file(name)) << "x";
    setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    input.press(layout.bank_button.centre(), Button::left, false);
    input.release();
    BOOST_TEST((scene.list.kind == DropList::Kind::banks));
    std::vector<std::string> names;
    for (const ListLine& choice : scene.list.lines) names.push_back(choice.text);
    BOOST_REQUIRE(names.size() >= 4u);
    BOOST_TEST(names[1] == "Air");
    BOOST_TEST(names[2] == "Bells");
    BOOST_TEST(names.back() == "Another file …");
    const ui::Rect list = list_area(layout, scene);
    input.press({list.centre().x, list.y + 6 + 14}, Button::left, false); // a heading
    BOOST_TEST((scene.list.kind == DropList::Kind::banks));
    input.press({list.centre().x, list.y + 6 + 28 * 2 + 14}, Button::left, false);
    BOOST_TEST((scene.list.kind == DropList::Kind::none));
    BOOST_TEST(controller.log.back() == "load " + (std::filesystem::path(folder.file("")) / "Bells.timbrel").string());
}

BOOST_FIXTURE_TEST_CASE(theme_and_zoom_change_and_are_kept, Fixture) {
    input.press(layout.theme_button.centre(), Button::left, false);
    BOOST_TEST(!scene.dark);
    input.press(layout.zoom_button.centre(), Button::left, false);
    BOOST_TEST(scene.zoom_percent == 125);
    input.wheel(layout.zoom_button.centre(), 0, -1, false);
    input.wheel(layout.zoom_button.centre(), 0, -1, false);
    BOOST_TEST(scene.zoom_percent == 75);
    BOOST_TEST((controller.log == Log{"settings", "settings", "settings", "settings"}));
}

BOOST_FIXTURE_TEST_CASE(dropped_files_go_to_the_nearest_corner_and_banks_are_loaded, Fixture) {
    const std::vector<std::string> files = {"/a.wav", "/b.wav"};
    for (const auto& [x, y, corner] :
         {std::tuple(0.1f, 0.9f, 0u), {0.9f, 0.9f, 1u}, {0.1f, 0.1f, 2u}, {0.9f, 0.1f, 3u}}) {
        input.drag_files(plane(x, y));
        BOOST_TEST(scene.drop_corner.value() == corner);
        BOOST_TEST(dirty.has(Region::plane));
        input.drop_files(plane(x, y), files);
        BOOST_TEST(!scene.drop_corner);
        BOOST_TEST(controller.log.back() == "drop " + std::to_string(corner) + " /a.wav /b.wav");
    }
    scene.bank.corner_columns = 3; // a map of 3 × 1
    scene.bank.corner_rows = 1;
    input.drag_files(plane(0.6f, 0.0f));
    BOOST_TEST(scene.drop_corner.value() == 1u);
    input.leave_files();
    BOOST_TEST(!scene.drop_corner);
    controller.log.clear();
    input.drop_files(plane(0, 0), {"/a.timbrel"});
    input.drop_files(plane(0, 0), {});
    BOOST_TEST((controller.log == Log{"load /a.timbrel"}));
}

BOOST_FIXTURE_TEST_CASE(a_bake_is_stopped_by_its_button, Fixture) {
    const ui::Point stop = stop_baking_area(layout.plane).centre();
    scene.bake.running = true;
    input.press(stop, Button::left, false);
    input.release();
    BOOST_TEST((controller.log == Log{"cancel bake"}));
    scene.bake.running = false; // then the plane is there
    input.press(stop, Button::left, false);
    BOOST_TEST(controller.log.back() == "set y");
}
