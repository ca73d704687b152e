// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of a corner of the plane: what it offers, what it asks for, and that every change is a step of undo.
#define BOOST_TEST_MODULE corner_menu
#include "common/source_options.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "tests/plugin/ui/editing_fixture.h"
#include "tests/plugin/ui/picture.h"

#include <algorithm>

using namespace timbrel;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

struct Menu : EditingFixture {
    Menu() {
        scene.bank = sample_bank_picture();
        for (const char* name : {"a", "b", "c", "d"}) scene.slots.push_back({std::string("/s/") + name + ".wav", name});
        controller.current_files = {"/first.timbrel", scene.slots, {}, {}, {}};
    }
    void open(float x, float y) { input.press(plane(x, y), Button::right, false); }
    bool has_line(const std::string& text) const {
        return std::ranges::any_of(scene.list.lines, [&](const ListLine& line) { return line.text == text; });
    }
    std::string detail(const std::string& text) const {
        for (const ListLine& line : scene.list.lines)
            if (line.text == text) return line.detail;
        return "no line";
    }
    // Replaces the text that is being edited, and confirms it.
    void enter(const std::string& text) {
        input.lists().erase_all();
        input.lists().type(text);
        input.lists().confirm_name();
    }
    std::string last_call() const { return controller.log.empty() ? "" : controller.log.back(); }
    // What the window does when the corners have changed.
    void take_corners() { scene.slots = controller.current_files.slots; }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_right_click_near_a_corner_opens_its_menu, Menu) {
    open(0.95f, 0.95f);
    BOOST_TEST((scene.list.kind == DropList::Kind::corner));
    BOOST_TEST(scene.list.corner == 1u);
    BOOST_TEST(scene.list.lines.front().text == "b");
    BOOST_TEST(has_line("Swap with c"));
    BOOST_TEST(!has_line("Swap with b"));
    const Rect area = list_area(layout, scene);
    BOOST_TEST((area.x >= layout.plane.x && area.right() <= layout.plane.right()));
    BOOST_TEST((area.y >= layout.plane.y && area.bottom() <= layout.plane.bottom()));
    input.press(layout.plane.centre(), Button::left, false);
    BOOST_TEST((scene.list.kind == DropList::Kind::none));
    // Elsewhere a right click still puts the puck into the middle.
    open(0.6f, 0.4f);
    BOOST_TEST((scene.list.kind == DropList::Kind::none));
    BOOST_TEST(value(engine::Parameter::x) == 0.5f);
}

BOOST_FIXTURE_TEST_CASE(keys_open_the_menu_of_the_nearest_corner_and_go_through_it, Menu) {
    host_sets(engine::Parameter::x, 0.1f);
    host_sets(engine::Parameter::y, 0.2f);
    input.open_corner_menu();
    BOOST_TEST(scene.list.corner == 2u);
    BOOST_TEST(scene.list.lines[scene.list.hovered.value()].text == "Name …");
    input.arrow(Arrow::up, false); // the heading cannot be chosen
    BOOST_TEST(scene.list.lines[scene.list.hovered.value()].text == "Name …");
    input.arrow(Arrow::down, false);
    input.arrow(Arrow::down, false);
    BOOST_TEST(scene.list.lines[scene.list.hovered.value()].text == "Tune …");
    for (int i = 0; i < 20; ++i) input.arrow(Arrow::down, false);
    BOOST_TEST(input.confirm());
    BOOST_TEST(scene.report_corner.value() == 2u);
    BOOST_TEST(input.close());
    BOOST_TEST(!scene.report_corner);
    BOOST_TEST((!input.close() && !input.confirm()));
    BOOST_TEST(value(engine::Parameter::y) == 0.2f); // the arrows did not move it
}

BOOST_FIXTURE_TEST_CASE(gain_tuning_and_name_become_options_of_the_source, Menu) {
    open(0.02f, 0.98f);
    BOOST_TEST(detail("Gain …") == "0 dB");
    choose("Gain …");
    BOOST_TEST(scene.name_edit.value().text == "0.0");
    enter("−3,5 dB");
    BOOST_TEST(last_call() == "corners gain=-3.5:/s/a.wav /s/b.wav /s/c.wav /s/d.wav");
    BOOST_TEST(!scene.name_edit);
    take_corners();
    open(0.02f, 0.98f);
    BOOST_TEST(detail("Gain …") == "−3.5 dB");
    choose("Tune …");
    enter("+20");
    take_corners();
    open(0.02f, 0.98f);
    BOOST_TEST(detail("Tune …") == "+20 ct");
    choose("Name …");
    BOOST_TEST(scene.name_edit.value().text == "a");
    enter("Low: a");
    BOOST_TEST(last_call() == "corners gain=-3.5:tune=20:name=Low%3A a:/s/a.wav /s/b.wav /s/c.wav /s/d.wav");
    take_corners();
    BOOST_TEST(scene.slots[0].name == "Low: a");
    BOOST_TEST(scene.undo_name == "name of Low: a");
    input.editor().undo();
    take_corners();
    BOOST_TEST(scene.slots[0].source == "gain=-3.5:tune=20:/s/a.wav");
    input.editor().undo();
    input.editor().undo();
    BOOST_TEST(last_call() == "restore /first.timbrel");
    take_corners();
    BOOST_TEST(scene.slots[0].source == "/s/a.wav");
    input.editor().redo();
    take_corners();
    BOOST_TEST(scene.slots[0].source == "gain=-3.5:/s/a.wav");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_number_is_asked_for_again, Menu) {
    const size_t calls = controller.log.size();
    open(0.02f, 0.98f);
    choose("Gain …");
    for (const char* text : {"", "loud", "13", "-24.5", "nan", "1 2", "0x1"}) {
        enter(text);
        BOOST_TEST(scene.name_edit.has_value(), text);
    }
    BOOST_TEST(scene.notice.text == "Gain: a number from −24 to 12 dB");
    enter("0"); // nothing changes
    BOOST_TEST(!scene.name_edit);
    BOOST_TEST(controller.log.size() == calls);
    open(0.02f, 0.98f);
    choose("Tune …");
    enter("101");
    BOOST_TEST(scene.notice.text == "Tune: a number from −100 to 100 cents");
    input.press(layout.plane.centre(), Button::left, false); // leaves it
    BOOST_TEST(!scene.name_edit);
}

BOOST_FIXTURE_TEST_CASE(corners_are_swapped_and_cleared, Menu) {
    open(0.02f, 0.98f);
    choose("Swap with d");
    BOOST_TEST(last_call() == "corners /s/d.wav /s/b.wav /s/c.wav /s/a.wav");
    BOOST_TEST(scene.undo_name == "swap of corners");
    take_corners();
    open(0.02f, 0.98f);
    choose("Clear");
    BOOST_TEST(last_call() == "corners - /s/b.wav /s/c.wav /s/a.wav");
    take_corners();
    open(0.02f, 0.98f);
    BOOST_TEST(!has_line("Clear"));
    BOOST_TEST(!has_line("Gain …"));
    choose("Swap with b");
    BOOST_TEST(last_call() == "corners /s/b.wav - /s/c.wav /s/a.wav");
    take_corners();
    open(0.02f, 0.98f);
    choose("Move to the north-east");
    BOOST_TEST(last_call() == "corners - /s/b.wav /s/c.wav /s/a.wav");
}

BOOST_FIXTURE_TEST_CASE(an_empty_plane_has_an_empty_menu, Menu) {
    scene = initial_scene();
    open(0.02f, 0.98f);
    BOOST_TEST(scene.list.lines.size() == 1u);
    input.arrow(Arrow::down, false);
    BOOST_TEST(!scene.list.hovered);
    BOOST_TEST(input.confirm());
}

BOOST_FIXTURE_TEST_CASE(a_report_is_shown_until_the_next_click, Menu) {
    open(0.02f, 0.02f);
    BOOST_TEST(detail("What the baker noticed") == "");
    input.close();
    scene.slots[2].report = std::vector<std::string>{"c is clipped", std::string(4000, 'x')};
    const Point box{layout.plane.x + 24, layout.plane.centre().y};
    const auto shows_box = [&] { return distance(Picture(scene, layout).at(box), theme(true).panel) < 0.05; };
    BOOST_TEST(!shows_box());
    open(0.02f, 0.02f);
    BOOST_TEST(detail("What the baker noticed") == "2 notes");
    choose("What the baker noticed");
    BOOST_TEST(scene.report_corner.value() == 2u);
    BOOST_TEST(shows_box());
    const float x = value(engine::Parameter::x);
    input.press(plane(0.9f, 0.9f), Button::left, false);
    input.release();
    BOOST_TEST(!scene.report_corner);
    BOOST_TEST(value(engine::Parameter::x) == x);
    scene.slots.clear(); // another bank
    scene.report_corner = 2;
    BOOST_TEST(!shows_box());
}
