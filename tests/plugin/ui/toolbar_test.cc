// SPDX-License-Identifier: GPL-3.0-or-later
// The row of buttons above the panels, its lists and the notices, by their pixels; the layout in small windows.
#define BOOST_TEST_MODULE toolbar
#include <boost/test/unit_test.hpp>

#include "plugin/ui/widgets/drop_list.h"
#include "plugin/ui/widgets/toolbar.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/scenes.h"

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

// The number of half units in the area that have this colour.
int pixels(const Picture& picture, const Rect& area, const Colour& colour) {
    int count = 0;
    for (double y = area.y; y < area.bottom(); y += 0.5)
        for (double x = area.x; x < area.right(); x += 0.5) count += distance(picture.at({x, y}), colour) < 0.1;
    return count;
}

Layout default_layout() { return compute_layout(default_width, default_height, 0); }

} // namespace

BOOST_AUTO_TEST_CASE(buttons_of_the_toolbar_do_not_overlap_at_any_size) {
    for (const auto& [width, height] : {std::pair(1200, 680), {760, 500}, {740, 420}, {500, 800}, {360, 420}}) {
        const Layout layout = compute_layout(width, height, 0);
        const Rect buttons[] = {layout.preset_button, layout.undo_button,   layout.redo_button, layout.sides_button,
                                layout.copy_button,   layout.random_button, layout.init_button};
        double right = layout.toolbar.x - 1;
        for (const Rect& button : buttons) {
            BOOST_TEST(button.x > right);
            BOOST_TEST(button.width >= 20);
            right = button.right();
        }
        BOOST_TEST(right <= width);
        BOOST_TEST(layout.preset_button.width >= 60);
        BOOST_TEST(layout.toolbar.bottom() < layout.panel_area.y);
        BOOST_TEST(layout.bank_button.bottom() < layout.plane.y);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_cut_off_in_windows_of_any_size) {
    for (const double zoom : {1.0, 2.0})
        for (const auto& [width, height] :
             {std::pair(640.0, 363.0), {500.0, 300.0}, {320.0, 240.0}, {200.0, 900.0}, {3000.0, 100.0}}) {
            const double fitting = fitting_zoom(zoom, width, height);
            BOOST_TEST((fitting > 0 && fitting <= zoom));
            const Layout layout = compute_layout(width / fitting, height / fitting, 0);
            BOOST_TEST(layout.width >= min_width - 1e-9);
            BOOST_TEST(layout.height >= min_height - 1e-9);
            BOOST_TEST(layout.status.bottom() * fitting <= height + 1e-6);
            BOOST_TEST(layout.keyboard_button.right() * fitting <= width + 1e-6);
            BOOST_TEST(layout.plane.width >= 100);
        }
    BOOST_TEST(fitting_zoom(1.5, 1800, 1020) == 1.5);
}

BOOST_AUTO_TEST_CASE(the_name_of_the_preset_is_marked_when_it_was_changed) {
    const Layout layout = default_layout();
    for (const bool dark : {true, false}) {
        Scene scene = initial_scene();
        scene.dark = dark;
        scene.preset = {"Pad", "urn:pad", true, {{Parameter::cutoff, 20000}}, {}};
        const Colour& accent = theme(dark).accent;
        BOOST_TEST(pixels(Picture(scene, layout, 2), layout.preset_button, accent) == 0);
        scene.values[static_cast<size_t>(Parameter::cutoff)] = 700;
        BOOST_TEST(pixels(Picture(scene, layout, 2), layout.preset_button, accent) > 50);
    }
}

BOOST_AUTO_TEST_CASE(buttons_show_what_they_can_do) {
    const Layout layout = default_layout();
    Scene scene = initial_scene();
    const Colour& text = theme(true).text;
    const auto bright = [&](const Rect& button) { return pixels(Picture(scene, layout, 2), button, text); };
    BOOST_TEST(bright(layout.undo_button) == 0);
    scene.undo_name = "Cutoff";
    BOOST_TEST(bright(layout.undo_button) > 30);
    BOOST_TEST(bright(layout.redo_button) == 0);
    BOOST_TEST(toolbar_hint(layout, scene, layout.undo_button.centre()) == "Undo: Cutoff (Ctrl+Z)");
    BOOST_TEST(toolbar_hint(layout, scene, layout.redo_button.centre()) == "Nothing to do again.");
    BOOST_TEST(toolbar_hint(layout, scene, layout.plane.centre()).empty());
    const auto lit = [&](bool second) {
        const Rect& box = layout.sides_button;
        const Rect half{box.x + (second ? box.width / 2 : 0), box.y, box.width / 2, box.height};
        return pixels(Picture(scene, layout, 2), half, theme(true).accent) > 500;
    };
    BOOST_TEST((lit(false) && !lit(true)));
    scene.sides.second = true;
    BOOST_TEST((!lit(false) && lit(true)));
}

BOOST_AUTO_TEST_CASE(lists_cover_the_panels_or_in_narrow_windows_the_plane) {
    for (const auto& [width, height] : {std::pair(1200, 680), {500, 800}}) {
        const Layout layout = compute_layout(width, height, 0);
        for (const char* state : {"presets", "random"}) {
            Scene scene = playing_scene(), closed = playing_scene();
            show_toolbar(scene, state);
            const Rect area = list_area(layout, scene);
            BOOST_TEST(visible_lines(layout, scene) >= 7u);
            BOOST_TEST((area.x >= 0 && area.right() <= width));
            BOOST_TEST(area.bottom() <= layout.panel_area.bottom());
            const Picture picture(scene, layout, 2), without(closed, layout, 2);
            BOOST_TEST(pixels(picture, area, theme(true).text) > pixels(without, area, theme(true).text));
            // Whole, and not cut at a region's edge.
            for (const double y : {area.y + 2, area.bottom() - 2})
                BOOST_TEST(distance(picture.at({area.centre().x, y}), theme(true).panel) < 0.03);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_notice_replaces_the_status_for_its_time) {
    const Layout layout = default_layout();
    Scene scene = playing_scene();
    scene.notify("Saved as the preset Pad");
    const Rect left{layout.status.x, layout.status.y, 160, 30};
    const Rect right{layout.theme_button.x - 300, layout.status.y, 280, 30};
    const auto grey = [&](const Rect& area) { return pixels(Picture(scene, layout, 2), area, theme(true).muted_text); };
    BOOST_TEST(pixels(Picture(scene, layout, 2), left, theme(true).text) > 200);
    BOOST_TEST(grey(right) == 0);
    scene.now += notice_seconds + 0.1;
    BOOST_TEST(pixels(Picture(scene, layout, 2), left, theme(true).text) == 0);
    BOOST_TEST(grey(right) > 200);
}
