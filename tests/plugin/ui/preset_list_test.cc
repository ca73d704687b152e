// SPDX-License-Identifier: GPL-3.0-or-later
// The list of presets: loading, saving, renaming and deleting, and the mark that something was changed.
#define BOOST_TEST_MODULE preset_list
#include <boost/test/unit_test.hpp>

#include "tests/plugin/ui/editing_fixture.h"

#include <algorithm>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

using Fixture = EditingFixture;

BOOST_FIXTURE_TEST_CASE(a_preset_is_loaded_marked_when_changed_and_undone, Fixture) {
    controller.current_files.bank = scene.bank_path = "/a.timbrel";
    controller.preset_lines = {{ListLine::Kind::heading, "Your presets", "", ""},
                               {ListLine::Kind::preset, "Dark", "urn:dark", ""},
                               {ListLine::Kind::preset, "Gone", "urn:gone", ""}};
    controller.presets["urn:dark"] = {"Dark",
                                      "urn:dark",
                                      true,
                                      {{Parameter::cutoff, 500}, {Parameter::x, 0.1f}},
                                      SoundFiles{"/dark.timbrel", {}, "", "", nullptr}};
    click(layout.preset_button);
    choose("Dark");
    BOOST_TEST(scene.preset.name == "Dark");
    BOOST_TEST(value(Parameter::cutoff) == 500.0f);
    BOOST_TEST(value(Parameter::x) == 0.1f);
    BOOST_TEST(calls("restore /dark.timbrel"));
    scene.bank_path = "/dark.timbrel"; // as the plugin reports it
    BOOST_TEST(!scene.preset_changed());
    drag(Parameter::resonance, 20); // not in the preset
    BOOST_TEST(!scene.preset_changed());
    drag(Parameter::cutoff, 20);
    BOOST_TEST(scene.preset_changed());
    editor.undo();
    BOOST_TEST(!scene.preset_changed());
    scene.bank_path = "/other.timbrel";
    BOOST_TEST(scene.preset_changed());
    editor.undo();
    editor.undo();
    BOOST_TEST(scene.preset.name.empty());
    BOOST_TEST(value(Parameter::cutoff) == info(Parameter::cutoff).initial);
    BOOST_TEST(controller.current_files.bank == "/a.timbrel");
    editor.redo();
    BOOST_TEST(scene.preset.name == "Dark");
    click(layout.preset_button);
    choose("Gone");
    BOOST_TEST(scene.notice.text == "the preset is no longer there");
    BOOST_TEST(scene.preset.name == "Dark");
}

BOOST_FIXTURE_TEST_CASE(presets_are_saved_renamed_and_deleted_in_the_list, Fixture) {
    ListHandler& lists = input.lists();
    click(layout.preset_button);
    choose("Save as a new preset …");
    BOOST_REQUIRE(scene.name_edit.has_value());
    lists.confirm_name(); // refused: no name
    BOOST_TEST(scene.notice.text == "a preset needs a name");
    BOOST_REQUIRE(scene.name_edit.has_value());
    for (const char* letter : {"Z", "w", "ö", "x"}) lists.type(letter);
    lists.erase_letter();
    lists.type("l");
    lists.erase_letter();
    lists.erase_letter(); // of two bytes
    lists.type("o");
    lists.confirm_name();
    BOOST_TEST(!scene.name_edit);
    BOOST_TEST(calls("save Zwo"));
    BOOST_TEST(scene.preset.name == "Zwo");

    click(layout.preset_button);
    choose("Rename Zwo …");
    BOOST_TEST(scene.name_edit->text == "Zwo");
    lists.erase_all();
    lists.type("Two");
    lists.confirm_name();
    BOOST_TEST(calls("rename Two"));
    BOOST_TEST(scene.preset.name == "Two");

    // Only a changed preset can be saved again.
    const auto offers = [&](const std::string& text) {
        return std::any_of(scene.list.lines.begin(), scene.list.lines.end(),
                           [&](const ListLine& line) { return line.text == text; });
    };
    scene.preset.values = {{Parameter::cutoff, value(Parameter::cutoff)}};
    click(layout.preset_button);
    BOOST_TEST(!offers("Save Two"));
    lists.close();
    input.press(control(Parameter::cutoff).circle.centre(), Button::left, false);
    input.move({0, 900}, false);
    input.release();
    click(layout.preset_button);
    choose("Save Two");
    BOOST_TEST(calls("replace"));

    // A click asks, the second one deletes.
    click(layout.preset_button);
    choose("Delete Replaced …");
    BOOST_TEST(!calls("delete"));
    lists.close();
    click(layout.preset_button);
    choose("Delete Replaced …");
    choose("Click again to delete Replaced");
    BOOST_TEST(calls("delete"));
    BOOST_TEST(scene.preset.name.empty());

    // Factory presets offer none of this.
    scene.preset = {"Init", "urn:timbrel:preset-init", false, {}, {}};
    click(layout.preset_button);
    for (const ListLine& line : scene.list.lines) BOOST_TEST((line.kind == ListLine::Kind::save_as));
}

BOOST_FIXTURE_TEST_CASE(a_click_elsewhere_leaves_list_and_name, Fixture) {
    click(layout.preset_button);
    click(layout.keyboard);
    BOOST_TEST((scene.list.kind == DropList::Kind::none));
    click(layout.preset_button);
    choose("Save as a new preset …");
    click(layout.keyboard);
    BOOST_TEST(!scene.name_edit);
    BOOST_TEST(!calls("save "));
}
