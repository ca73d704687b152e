// What pointer, wheel and keys do to the parameters.
#define BOOST_TEST_MODULE hand
#include <boost/test/unit_test.hpp>

#include "plugin/ui/input/input_handler.h"
#include "plugin/ui/widgets/bank_list.h"
#include "plugin/ui/widgets/keyboard.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/ui/scenes.h"

#include <fstream>
#include <string>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

struct Desk : Actions {
    void touch(Parameter parameter, bool down) override {
        log.push_back(std::string(down ? "touch " : "leave ") + info(parameter).symbol);
    }
    void set(Parameter parameter, float) override { log.push_back(std::string("set ") + info(parameter).symbol); }
    void play(int key, int velocity) override {
        log.push_back((velocity > 0 ? "on " : "off ") + std::to_string(key));
        last_velocity = velocity > 0 ? velocity : last_velocity;
    }
    void lean(int key, int pressure) override {
        log.push_back("lean " + std::to_string(key) + " " + std::to_string(pressure));
    }
    void load_bank(const std::string& path) override { log.push_back("load " + path); }
    bool can_ask_for_file() const override { return true; }
    void ask_for_file() override { log.push_back("ask"); }
    void look_changed() override { log.push_back("look"); }

    std::vector<std::string> log;
    int last_velocity = 0;
};

struct Fixture {
    Scene scene = playing_scene();
    Layout layout = lay_out(usual_width, usual_height, 0);
    Desk desk;
    Parts changed;
    Hand hand{scene, layout, desk, changed};

    const Control& control(Parameter parameter, Control::Kind kind = Control::Kind::knob) const {
        for (const Panel& panel : layout.panel_list)
            for (const Control& control : panel.controls)
                if (control.parameter == parameter && control.kind == kind) return control;
        throw std::runtime_error("no such control");
    }
    ui::Point plane(float x, float y) const { return point_of(layout.plane, {x, y}); }
    float value(Parameter parameter) const { return scene.value(parameter); }
};

using Log = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_CASE(pressure_leans_on_the_key_that_is_down, Fixture) {
    const auto key_at = [&](int key) {
        const Rect area = key_area(layout, key);
        return ui::Point{area.centre().x, area.bottom() - 3};
    };
    hand.lean(0.5); // over the window only
    hand.press(key_at(60), Button::left, false);
    for (const double pressure : {0.001, 0.5, 0.5, 1.0}) hand.lean(pressure);
    hand.move(key_at(62), false);
    hand.lean(1.0);
    hand.release();
    hand.lean(0.7);
    const Log expected = {"on 60", "lean 60 64", "lean 60 127", "off 60", "on 62", "lean 62 127", "off 62"};
    BOOST_TEST(desk.log == expected, boost::test_tools::per_element());
    hand.press(plane(0.5f, 0.5f), Button::left, false);
    desk.log.clear();
    hand.lean(0.9);
    BOOST_TEST(desk.log.empty());
}

BOOST_FIXTURE_TEST_CASE(a_drag_on_the_plane_is_one_touch_of_x_and_y, Fixture) {
    hand.press(plane(0.2f, 0.3f), Button::left, false);
    hand.move(plane(0.6f, 0.9f), false);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.6f) < 1e-4f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.9f) < 1e-4f);
    hand.move({layout.plane.right() + 50, layout.plane.y - 50}, false);
    BOOST_TEST(value(Parameter::x) == 1.0f);
    BOOST_TEST(value(Parameter::y) == 1.0f);
    hand.release();
    const Log expected = {"touch x", "touch y", "set x", "set y",   "set x",
                          "set y",   "set x",   "set y", "leave x", "leave y"};
    BOOST_TEST(desk.log == expected, boost::test_tools::per_element());
    BOOST_TEST(changed.has(Part::plane));
    BOOST_TEST(!changed.has(Part::panels));
}

BOOST_FIXTURE_TEST_CASE(with_shift_the_plane_moves_a_tenth_of_the_way, Fixture) {
    const float before = value(Parameter::x);
    hand.press(plane(0.2f, 0.5f), Button::left, true);
    BOOST_TEST(value(Parameter::x) == before);
    hand.move(plane(0.4f, 0.5f), true);
    BOOST_TEST(std::fabs(value(Parameter::x) - before - 0.02f) < 1e-4f);
}

BOOST_FIXTURE_TEST_CASE(a_knob_turns_resets_and_follows_the_wheel, Fixture) {
    const ui::Point at = control(Parameter::sustain).circle.centre();
    const float before = value(Parameter::sustain);
    hand.press(at, Button::left, false);
    hand.move({at.x, at.y - 30}, false);
    hand.release();
    BOOST_TEST(std::fabs(value(Parameter::sustain) - (before + 60.0f * 30 / 180)) < 0.01f);
    BOOST_TEST((desk.log == Log{"touch sustain", "set sustain", "leave sustain"}));
    const float coarse = value(Parameter::sustain);
    hand.wheel(at, 0, -1, false);
    const float step = coarse - value(Parameter::sustain);
    BOOST_TEST(std::fabs(step - 1.2f) < 0.01f);
    hand.wheel(at, 0, 1, true);
    BOOST_TEST(std::fabs(value(Parameter::sustain) - coarse + step * 0.9f) < 0.01f);
    hand.press(at, Button::right, false);
    BOOST_TEST(value(Parameter::sustain) == info(Parameter::sustain).initial);
}

BOOST_FIXTURE_TEST_CASE(a_whole_number_moves_by_whole_steps, Fixture) {
    const ui::Point at = control(Parameter::bend_range).circle.centre();
    hand.wheel(at, 0, 1, false);
    BOOST_TEST(value(Parameter::bend_range) == 3.0f);
    hand.press(at, Button::left, false);
    for (int i = 1; i <= 40; ++i) hand.move({at.x, at.y - i}, false);
    BOOST_TEST(value(Parameter::bend_range) == std::round(3 + 48 * 40 / 180.0f));
}

BOOST_FIXTURE_TEST_CASE(buttons_choose, Fixture) {
    const Control& mode = control(Parameter::play_mode, Control::Kind::choice);
    hand.press(option_area(mode, 2).centre(), Button::left, false);
    hand.release();
    BOOST_TEST(value(Parameter::play_mode) == 2.0f);
    hand.press(control(Parameter::mpe, Control::Kind::toggle).area.centre(), Button::left, false);
    BOOST_TEST(value(Parameter::mpe) == 0.0f);
    const ui::Point record = control(Parameter::gesture, Control::Kind::record).area.centre();
    for (const float expected : {1.0f, 0.0f}) {
        hand.press(record, Button::left, false);
        BOOST_TEST(value(Parameter::gesture) == expected);
    }
    hand.press(control(Parameter::gesture, Control::Kind::play).area.centre(), Button::left, false);
    BOOST_TEST(value(Parameter::gesture) == 2.0f);
}

BOOST_FIXTURE_TEST_CASE(arrows_and_the_wheel_move_the_plane, Fixture) {
    scene.values[0] = scene.values[1] = 0.5f;
    hand.arrow(Arrow::right, false);
    hand.arrow(Arrow::down, true);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.52f) < 1e-5f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.498f) < 1e-5f);
    hand.wheel(layout.plane.centre(), -2, 1, false);
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.48f) < 1e-5f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.518f) < 1e-5f);
    BOOST_TEST((Log(desk.log.begin(), desk.log.begin() + 3) == Log{"touch x", "set x", "leave x"}));
    hand.press(layout.plane.centre(), Button::right, false);
    BOOST_TEST(value(Parameter::x) == 0.5f);
}

BOOST_FIXTURE_TEST_CASE(the_keyboard_plays_and_slides, Fixture) {
    const auto low_on = [&](int key) {
        const ui::Rect area = key_area(layout, key);
        return ui::Point{area.centre().x, area.bottom() - 3};
    };
    hand.press(low_on(60), Button::left, false);
    BOOST_TEST(desk.last_velocity > 110);
    hand.move(low_on(62), false);
    hand.move({low_on(62).x, low_on(62).y - 200}, false); // off the keyboard
    hand.release();
    BOOST_TEST((desk.log == Log{"on 60", "off 60", "on 62", "off 62"}));
    const ui::Rect black = key_area(layout, 61);
    hand.press({black.centre().x, black.y + 2}, Button::left, false);
    BOOST_TEST(desk.log.back() == "on 61");
    BOOST_TEST(desk.last_velocity < 50);
    BOOST_TEST(scene.own_keys[61]);
}

BOOST_FIXTURE_TEST_CASE(the_computers_letters_play_when_asked_and_never_hang, Fixture) {
    constexpr unsigned q = 24, two = 11, z = 52;
    BOOST_TEST(!hand.computer_key(q, true));
    hand.press(layout.keys_button.centre(), Button::left, false);
    hand.release();
    desk.log.clear();
    BOOST_TEST(hand.computer_key(q, true));
    hand.computer_key(q, true); // the key repeats
    hand.computer_key(two, true);
    hand.computer_key(z, true);
    hand.shift_octave(1);
    hand.computer_key(q, false);
    hand.computer_key(q, true);
    hand.let_go();
    BOOST_TEST((desk.log == Log{"on 60", "on 61", "on 48", "off 60", "on 72", "off 61", "off 72", "off 48"}));
    BOOST_TEST(scene.own_keys.none());
}

BOOST_FIXTURE_TEST_CASE(a_bank_is_chosen_from_the_list, Fixture) {
    const TemporaryFolder folder;
    for (const char* name : {"Bells.timbrel", "Air.timbrel", "notes.txt"}) std::ofstream(folder.file(name)) << "x";
    setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    hand.press(layout.bank.centre(), Button::left, false);
    hand.release();
    BOOST_TEST(scene.choosing);
    std::vector<std::string> names;
    for (const BankChoice& choice : scene.choices) names.push_back(choice.text);
    BOOST_REQUIRE(names.size() >= 4u);
    BOOST_TEST(names[1] == "Air");
    BOOST_TEST(names[2] == "Bells");
    BOOST_TEST(names.back() == "Another file …");
    const ui::Rect list = list_area(layout, scene);
    hand.press({list.centre().x, list.y + 6 + 14}, Button::left, false); // the folder's name does nothing
    BOOST_TEST(scene.choosing);
    hand.press({list.centre().x, list.y + 6 + 28 * 2 + 14}, Button::left, false);
    BOOST_TEST(!scene.choosing);
    BOOST_TEST(desk.log.back() == "load " + (std::filesystem::path(folder.file("")) / "Bells.timbrel").string());
}

BOOST_FIXTURE_TEST_CASE(theme_and_zoom_change_and_are_kept, Fixture) {
    hand.press(layout.theme_button.centre(), Button::left, false);
    BOOST_TEST(!scene.dark);
    hand.press(layout.zoom_button.centre(), Button::left, false);
    BOOST_TEST(scene.zoom_percent == 125);
    hand.wheel(layout.zoom_button.centre(), 0, -1, false);
    hand.wheel(layout.zoom_button.centre(), 0, -1, false);
    BOOST_TEST(scene.zoom_percent == 75);
    BOOST_TEST((desk.log == Log{"look", "look", "look", "look"}));
}
