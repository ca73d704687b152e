// SPDX-License-Identifier: GPL-3.0-or-later
// Undo and redo, A/B, random and initial values: what the hand changes, and what it leaves alone.
#define BOOST_TEST_MODULE sound_editor
#include <boost/test/unit_test.hpp>

#include "plugin/ui/editing/randomise.h"
#include "tests/plugin/ui/editing_fixture.h"

#include <set>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

using Fixture = EditingFixture;
using Values = std::array<float, parameter_count>;

} // namespace

BOOST_FIXTURE_TEST_CASE(one_drag_of_a_knob_is_one_step, Fixture) {
    const float before = value(Parameter::cutoff_key);
    drag(Parameter::cutoff_key, 40);
    const float first = value(Parameter::cutoff_key);
    drag(Parameter::cutoff_key, 30);
    const float second = value(Parameter::cutoff_key);
    BOOST_TEST((before < first && first < second));
    BOOST_TEST(scene.undo_name == "Cutoff by key");
    editor.undo();
    BOOST_TEST(value(Parameter::cutoff_key) == first);
    controller.log.clear();
    editor.undo();
    BOOST_TEST(value(Parameter::cutoff_key) == before);
    // The host learns of it as of a touch by hand.
    BOOST_TEST((controller.log == std::vector<std::string>{"begin cutoff_key", "set cutoff_key", "end cutoff_key"}));
    BOOST_TEST(scene.undo_name.empty());
    editor.undo(); // nothing is left
    editor.redo();
    editor.redo();
    BOOST_TEST(value(Parameter::cutoff_key) == second);
    editor.redo();
    BOOST_TEST(value(Parameter::cutoff_key) == second);
}

BOOST_FIXTURE_TEST_CASE(the_puck_switches_and_resets_are_steps, Fixture) {
    input.press(plane(0.2f, 0.3f), Button::left, false);
    input.move(plane(0.6f, 0.9f), false);
    input.move(plane(0.8f, 0.7f), false);
    input.release();
    click(control(Parameter::mpe, Control::Kind::toggle).area);
    input.press(layout.plane.centre(), Button::right, false);
    BOOST_TEST((value(Parameter::x) == 0.5f && value(Parameter::y) == 0.5f));
    editor.undo();
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.8f) < 1e-4f);
    BOOST_TEST(std::fabs(value(Parameter::y) - 0.7f) < 1e-4f);
    BOOST_TEST(value(Parameter::mpe) == 1.0f);
    editor.undo();
    BOOST_TEST(value(Parameter::mpe) == 0.0f);
    editor.undo();
    BOOST_TEST((value(Parameter::x) == 0.5f && value(Parameter::y) == 0.5f));
}

BOOST_FIXTURE_TEST_CASE(notches_in_a_row_are_one_step, Fixture) {
    const ui::Point at = control(Parameter::sustain).circle.centre();
    const auto turn = [&](double seconds) {
        scene.now += seconds;
        input.wheel(at, 0, -1, false);
    };
    for (int i = 0; i < 5; ++i) turn(0.2);
    const float first = value(Parameter::sustain);
    for (int i = 0; i < 3; ++i) turn(i == 0 ? 2 : 0.2); // after a pause
    input.arrow(Arrow::right, false);
    input.arrow(Arrow::right, false);
    input.arrow(Arrow::up, false);
    editor.undo();
    BOOST_TEST(value(Parameter::y) == 0.5f);
    BOOST_TEST(value(Parameter::x) > 0.53f);
    editor.undo();
    BOOST_TEST(value(Parameter::x) == 0.5f);
    editor.undo();
    BOOST_TEST(value(Parameter::sustain) == first);
    editor.undo();
    BOOST_TEST(value(Parameter::sustain) == info(Parameter::sustain).initial);
}

BOOST_FIXTURE_TEST_CASE(a_new_edit_clears_what_could_be_done_again, Fixture) {
    drag(Parameter::cutoff_key, 40);
    editor.undo();
    BOOST_TEST(scene.redo_name == "Cutoff by key");
    drag(Parameter::resonance, 20);
    BOOST_TEST(scene.redo_name.empty());
    editor.redo();
    BOOST_TEST(value(Parameter::cutoff_key) == 0.0f);
}

BOOST_FIXTURE_TEST_CASE(the_oldest_steps_are_forgotten, Fixture) {
    for (size_t i = 0; i < max_steps + 20; ++i) {
        scene.now += 5;
        editor.touch_and_set(Parameter::x, static_cast<float>(i + 1) / 1000);
    }
    for (size_t i = 0; i < max_steps + 20; ++i) editor.undo();
    BOOST_TEST(std::fabs(value(Parameter::x) - 0.020f) < 1e-6f);
}

BOOST_FIXTURE_TEST_CASE(a_drag_that_changes_nothing_is_no_step, Fixture) {
    click(control(Parameter::cutoff_key).circle);
    BOOST_TEST(scene.undo_name.empty());
    drag(Parameter::cutoff_key, 10);
    editor.undo();
    click(control(Parameter::cutoff_key).circle);
    BOOST_TEST(scene.redo_name == "Cutoff by key");
}

BOOST_FIXTURE_TEST_CASE(undo_leaves_alone_what_the_host_has_moved_since, Fixture) {
    drag(Parameter::resonance, 30);
    drag(Parameter::cutoff_key, 40);
    host_sets(Parameter::cutoff_key, 77); // automation
    controller.log.clear();
    editor.undo();
    BOOST_TEST(value(Parameter::cutoff_key) == 77.0f);
    BOOST_TEST(!calls("set cutoff_key"));
    BOOST_TEST(value(Parameter::resonance) == 0.0f); // the step before is taken back
    // What the host moves during a drag does not belong to it.
    const ui::Point at = control(Parameter::resonance).circle.centre();
    input.press(at, Button::left, false);
    input.move({at.x, at.y - 20}, false);
    host_sets(Parameter::level, -12);
    input.move({at.x, at.y - 30}, false);
    input.release();
    editor.undo();
    BOOST_TEST(value(Parameter::level) == -12.0f);
    BOOST_TEST(value(Parameter::resonance) == 0.0f);
}

BOOST_FIXTURE_TEST_CASE(undo_never_starts_a_recording, Fixture) {
    const Rect record = control(Parameter::gesture, Control::Kind::record).area;
    click(record);
    BOOST_TEST(value(Parameter::gesture) == 1.0f);
    click(record);
    editor.undo();
    BOOST_TEST(value(Parameter::gesture) == 0.0f);
    editor.redo();
    BOOST_TEST(value(Parameter::gesture) == 0.0f);
}

BOOST_FIXTURE_TEST_CASE(undo_does_nothing_while_a_knob_is_held, Fixture) {
    drag(Parameter::resonance, 30);
    const float before = value(Parameter::resonance);
    const ui::Point at = control(Parameter::cutoff_key).circle.centre();
    input.press(at, Button::left, false);
    input.move({at.x, at.y - 20}, false);
    editor.undo();
    editor.randomise();
    editor.switch_sides();
    input.wheel(control(Parameter::sustain).circle.centre(), 0, -1, false);
    BOOST_TEST(value(Parameter::resonance) == before);
    BOOST_TEST(value(Parameter::sustain) == 0.0f);
    input.release();
    editor.undo();
    BOOST_TEST(value(Parameter::cutoff_key) == 0.0f);
    BOOST_TEST(value(Parameter::resonance) == before);
}

BOOST_FIXTURE_TEST_CASE(dropped_sounds_and_banks_are_steps, Fixture) {
    controller.current_files.bank = "/a.timbrel";
    input.drop_files(plane(0.1f, 0.9f), {"/flute.wav"});
    const std::string baked = controller.current_files.bank;
    input.drop_files(plane(0.1f, 0.9f), {"/b.timbrel"});
    BOOST_TEST(controller.current_files.bank == "/b.timbrel");
    editor.undo();
    BOOST_TEST(controller.log.back() == "restore " + baked);
    editor.undo();
    BOOST_TEST(controller.log.back() == "restore /a.timbrel");
    BOOST_TEST(scene.undo_name.empty());
    editor.redo();
    BOOST_TEST(controller.log.back() == "restore " + baked);
    editor.redo();
    BOOST_TEST(controller.log.back() == "restore /b.timbrel");
}

BOOST_FIXTURE_TEST_CASE(a_and_b_are_two_sounds, Fixture) {
    controller.current_files.bank = "/a.timbrel";
    drag(Parameter::cutoff_key, 40);
    const Values a = scene.values;
    click(layout.sides_button);
    BOOST_TEST(scene.sides.second);
    BOOST_TEST(scene.values == a); // B begins as A
    drag(Parameter::resonance, 30);
    input.drop_files(plane(0.1f, 0.9f), {"/b.timbrel"});
    const Values b = scene.values;
    click(layout.sides_button);
    BOOST_TEST(!scene.sides.second);
    BOOST_TEST(scene.values == a);
    BOOST_TEST(controller.current_files.bank == "/a.timbrel");
    click(layout.sides_button);
    BOOST_TEST(scene.values == b);
    BOOST_TEST(controller.current_files.bank == "/b.timbrel");
    // Copied to A.
    click(layout.copy_button);
    click(layout.sides_button);
    BOOST_TEST(scene.values == b);
    BOOST_TEST(controller.current_files.bank == "/b.timbrel");
    // All of it can be undone.
    editor.undo();
    BOOST_TEST(scene.sides.second);
    editor.undo(); // the copy
    click(layout.sides_button);
    BOOST_TEST(scene.values == a);
}

BOOST_FIXTURE_TEST_CASE(init_keeps_the_position, Fixture) {
    host_sets(Parameter::x, 0.9f);
    host_sets(Parameter::cutoff, 300);
    host_sets(Parameter::mpe, 1);
    click(layout.init_button);
    for (size_t i = 2; i < parameter_count; ++i) BOOST_TEST(scene.values[i] == parameters[i].initial);
    BOOST_TEST(value(Parameter::x) == 0.9f);
    BOOST_TEST(scene.preset.name == "Init");
    BOOST_TEST(!scene.preset_changed());
    editor.undo();
    BOOST_TEST(value(Parameter::cutoff) == 300.0f);
    BOOST_TEST(value(Parameter::mpe) == 1.0f);
    BOOST_TEST(scene.preset.name.empty());
}

BOOST_FIXTURE_TEST_CASE(random_values_leave_the_position_and_the_setup, Fixture) {
    host_sets(Parameter::x, 0.3f);
    host_sets(Parameter::y, 0.8f);
    const Values before = scene.values;
    std::set<size_t> moved;
    for (int round = 0; round < 50; ++round) {
        editor.randomise();
        for (size_t i = 0; i < parameter_count; ++i) {
            BOOST_TEST((scene.values[i] >= parameters[i].minimum && scene.values[i] <= parameters[i].maximum));
            if (scene.values[i] != before[i]) moved.insert(i);
        }
        BOOST_TEST(value(Parameter::gesture) == 0.0f);
    }
    for (size_t i = 0; i < parameter_count; ++i)
        BOOST_TEST(moved.contains(i) == is_random(static_cast<Parameter>(i)), parameters[i].symbol);
    BOOST_TEST((value(Parameter::x) == 0.3f && value(Parameter::y) == 0.8f));
    for (int round = 0; round < 50; ++round) editor.undo();
    BOOST_TEST(scene.values == before);
}

BOOST_FIXTURE_TEST_CASE(one_panel_or_the_position_is_drawn_alone, Fixture) {
    const Values before = scene.values;
    const auto changed = [&] {
        std::set<std::string_view> groups;
        for (size_t i = 0; i < parameter_count; ++i)
            if (scene.values[i] != before[i]) groups.insert(parameters[i].group);
        return groups;
    };
    click(layout.random_button);
    choose("Filter");
    BOOST_TEST((changed() == std::set<std::string_view>{"Filter"}));
    editor.undo();
    BOOST_TEST(changed().empty());
    click(layout.random_button);
    choose("Position on the plane");
    BOOST_TEST((changed() == std::set<std::string_view>{"Plane"}));
    BOOST_TEST((value(Parameter::x) != 0.5f && value(Parameter::y) != 0.5f));
    editor.undo();
    BOOST_TEST(changed().empty());
    click(layout.random_button);
    choose("All panels");
    BOOST_TEST(changed().size() > 3u);
    BOOST_TEST(!changed().contains("Plane"));
}
