// SPDX-License-Identifier: GPL-3.0-or-later
// An input handler whose knobs are dragged, buttons clicked and lists chosen from. Thread: the test's.
#pragma once

#include "plugin/ui/widgets/drop_list.h"
#include "tests/plugin/ui/input_fixture.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace timbrel::test {

struct EditingFixture : InputFixture {
    EditingFixture() {
        scene = initial_scene();
        scene.now = 10;
    }
    // Drags a knob up by so many units, in steps.
    void drag(engine::Parameter parameter, int units) {
        const ui::Point at = control(parameter).circle.centre();
        input.press(at, ui::Button::left, false);
        for (int i = 1; i <= units; ++i) input.move({at.x, at.y - i}, false);
        input.release();
    }
    void click(const ui::Rect& area) {
        input.press(area.centre(), ui::Button::left, false);
        input.release();
    }
    // Clicks on the line with this text in the open list.
    void choose(const std::string& text) {
        const ui::Rect area = ui::list_area(layout, scene);
        for (double y = area.y; y < area.bottom(); ++y)
            if (const auto line = ui::line_at(layout, scene, {area.centre().x, y});
                line && scene.list.lines[*line].text == text) {
                input.press({area.centre().x, y + 1}, ui::Button::left, false);
                return input.release();
            }
        BOOST_FAIL("no line " << text);
    }
    void host_sets(engine::Parameter parameter, float value) { scene.values[static_cast<size_t>(parameter)] = value; }
    bool calls(const std::string& call) const {
        return std::find(controller.log.begin(), controller.log.end(), call) != controller.log.end();
    }
    ui::SoundEditor& editor = input.editor();
};

} // namespace timbrel::test
