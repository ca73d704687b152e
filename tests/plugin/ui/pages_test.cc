// SPDX-License-Identifier: GPL-3.0-or-later
// The two pages of panels: where their controls are, how a page is chosen, and what is drawn.
#define BOOST_TEST_MODULE pages
#include <boost/test/unit_test.hpp>

#include "plugin/ui/scene/panel_plan.h"
#include "plugin/ui/scene/value.h"
#include "tests/plugin/ui/input_fixture.h"
#include "tests/plugin/ui/picture.h"

#include <cmath>
#include <iterator>
#include <map>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

bool apart(const ui::Rect& a, const ui::Rect& b) {
    return a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
}

// The controls of a page are inside its width, large enough and do not overlap. Counts them by parameter.
void check_controls(const Layout& layout, std::map<Parameter, int>& found) {
    std::vector<ui::Rect> areas;
    for (const Panel& panel : layout.panels)
        for (const Control& control : panel.controls) {
            ++found[control.parameter];
            BOOST_TEST(
                (control.area.x >= layout.panel_area.x - 1 && control.area.right() <= layout.panel_area.right() + 1),
                info(control.parameter).symbol << " at " << layout.width);
            if (control.kind == Control::Kind::knob) BOOST_TEST(control.circle.width >= min_knob_diameter);
            areas.push_back(control.area.inset(0.1));
        }
    for (size_t a = 0; a < areas.size(); ++a)
        for (size_t b = a + 1; b < areas.size(); ++b) BOOST_TEST(apart(areas[a], areas[b]));
}

} // namespace

BOOST_AUTO_TEST_CASE(every_parameter_has_an_area_at_every_size) {
    for (const auto& [width, height] :
         {std::pair(1120, 680), {940, 640}, {760, 500}, {1600, 900}, {620, 900}, {360, 420}}) {
        std::map<Parameter, int> found;
        for (size_t page = 0; page < std::size(page_titles); ++page) {
            const Layout layout = compute_layout(width, height, 0, page);
            BOOST_TEST(layout.plane.width == layout.plane.height);
            BOOST_TEST((layout.plane.bottom() <= layout.keyboard.y && layout.plane.right() <= width));
            check_controls(layout, found);
            for (const ui::Rect& button : layout.page_buttons) {
                BOOST_TEST((button.right() <= layout.panel_area.right() && button.bottom() <= layout.panel_area.y));
                BOOST_TEST((apart(button, layout.toolbar) && apart(button, layout.plane)));
            }
        }
        for (size_t i = 2; i < parameter_count; ++i)
            BOOST_TEST(found[static_cast<Parameter>(i)] == (static_cast<Parameter>(i) == Parameter::gesture ? 2 : 1));
    }
    BOOST_TEST(compute_layout(620, 900, 0).panel_area.y > compute_layout(620, 900, 0).plane.bottom());
    for (size_t page = 0; page < std::size(page_titles); ++page) {
        const Layout usual = compute_layout(default_width, default_height, 0, page);
        BOOST_TEST(usual.panels_height <= usual.panel_area.height + 0.5, "page " << page << " scrolls");
    }
}

BOOST_FIXTURE_TEST_CASE(a_click_changes_the_page_and_scrolls_to_its_top, InputFixture) {
    scene.scroll = 30;
    input.press(layout.page_buttons[1].centre(), ui::Button::left, false);
    input.release();
    BOOST_TEST(scene.page == 1u);
    BOOST_TEST(scene.scroll == 0.0);
    BOOST_TEST(dirty.has(Region::panels));
    layout = compute_layout(default_width, default_height, scene.scroll, scene.page);
    const ui::Point knob = control(Parameter::lfo1_rate).circle.centre();
    input.press(knob, ui::Button::left, false);
    input.move({knob.x, knob.y - 60}, false);
    input.release();
    BOOST_TEST(value(Parameter::lfo1_rate) > 2.0f);
    const ui::Control& shapes = control(Parameter::lfo2_shape, Control::Kind::choice);
    input.press(option_area(shapes, 3).centre(), ui::Button::left, false);
    input.release();
    BOOST_TEST(value(Parameter::lfo2_shape) == 3.0f);
    input.press(layout.page_buttons[0].centre(), ui::Button::left, false);
    BOOST_TEST(scene.page == 0u);
}

BOOST_AUTO_TEST_CASE(the_page_that_is_shown_is_marked) {
    for (const bool dark : {true, false})
        for (size_t shown = 0; shown < std::size(page_titles); ++shown) {
            Scene scene = initial_scene();
            scene.dark = dark;
            const Layout layout = compute_layout(default_width, default_height, 0, shown);
            const Picture picture(scene, layout, 2);
            for (size_t page = 0; page < std::size(page_titles); ++page) {
                const ui::Rect& button = layout.page_buttons[page];
                const bool marked =
                    distance(picture.at({button.centre().x, button.bottom() - 1}), theme(dark).accent) < 0.1;
                BOOST_TEST(marked == (page == shown));
            }
        }
}

BOOST_AUTO_TEST_CASE(small_vibratos_and_octaves_are_within_reach_of_one_knob) {
    BOOST_TEST(knob_position(Parameter::lfo1_pitch, 10) > 0.58);
    BOOST_TEST(knob_position(Parameter::lfo1_pitch, -10) < 0.42);
    BOOST_TEST(knob_value(Parameter::lfo1_pitch, 1) == 1200.0f);
    BOOST_TEST(knob_value(Parameter::lfo1_pitch, 0) == -1200.0f);
    BOOST_TEST(std::fabs(knob_value(Parameter::lfo1_pitch, 0.5)) < 1e-6f);
}
