// SPDX-License-Identifier: GPL-3.0-or-later
// The window's drawing, checked by its pixels.
#define BOOST_TEST_MODULE drawing
#include <boost/test/unit_test.hpp>

#include "plugin/ui/scene/value.h"
#include "plugin/ui/widgets/controls.h"
#include "plugin/ui/widgets/drop_list.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "plugin/ui/widgets/status_line.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/scenes.h"

#include <algorithm>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using namespace timbrel::ui;

namespace {

Layout default_layout() { return compute_layout(default_width, default_height, 0); }

const Control& control_of(const Layout& layout, Parameter parameter) {
    for (const Panel& panel : layout.panels)
        for (const Control& control : panel.controls)
            if (control.parameter == parameter) return control;
    BOOST_FAIL("no control for " << info(parameter).symbol);
    std::abort();
}

constexpr double knob_line = 0.092; // width of a knob's line, of its diameter

// The lit fraction of a knob's arc.
double lit_fraction(const Picture& picture, const Control& knob, const Theme& colours) {
    constexpr int steps = 400;
    const double radius = knob.circle.width * (1 - knob_line) / 2;
    int lit = 0;
    for (int i = 0; i < steps; ++i) {
        const double angle = knob_angle((i + 0.5) / steps);
        const ui::Point at{knob.circle.centre().x + radius * std::cos(angle),
                           knob.circle.centre().y + radius * std::sin(angle)};
        lit += distance(picture.at(at), colours.accent) < distance(picture.at(at), colours.knob_track);
    }
    return static_cast<double>(lit) / steps;
}

// The height of a ridge above `foot`, units: where the picture `with` it differs from that `without`.
double ridge_height(const Picture& with, const Picture& without, ui::Point foot, double max_height) {
    for (double height = max_height; height > 0; height -= 0.5)
        if (distance(with.at({foot.x, foot.y - height}), without.at({foot.x, foot.y - height})) > 0.05) return height;
    return 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_puck_is_at_its_position_in_both_themes_at_every_zoom) {
    for (const bool dark : {true, false})
        for (const double zoom : {1.0, 1.5, 2.0})
            for (const PlanePoint position : {PlanePoint{0, 0}, {1, 1}, {0.3f, 0.8f}, {0.9f, 0.25f}}) {
                Scene scene = initial_scene();
                scene.bank = sample_bank_picture();
                scene.dark = dark;
                scene.position = position;
                const Layout layout = default_layout();
                const Picture picture(scene, layout, zoom);
                const ui::Point at = plane_to_window(layout.plane, position);
                BOOST_TEST(distance(picture.at(at), theme(dark).accent) < colour_tolerance);
                BOOST_TEST(distance(picture.at({at.x, at.y - 8}), theme(dark).accent) < colour_tolerance);
                BOOST_TEST(distance(picture.at({at.x, at.y - 16}), theme(dark).accent) > 0.1);
                BOOST_TEST(layout.plane.contains(at));
            }
}

BOOST_AUTO_TEST_CASE(conversions_of_positions_and_points_are_inverse) {
    const ui::Rect plane{24, 56, 500, 500};
    for (const PlanePoint position : {PlanePoint{0, 0}, {0.25f, 0.75f}, {1, 1}}) {
        const PlanePoint back = window_to_plane(plane, plane_to_window(plane, position));
        BOOST_TEST(std::fabs(back.x - position.x) < 1e-5);
        BOOST_TEST(std::fabs(back.y - position.y) < 1e-5);
    }
    BOOST_TEST(window_to_plane(plane, {0, 0}).x == 0.0f);
    BOOST_TEST(window_to_plane(plane, {0, 0}).y == 1.0f);
}

BOOST_AUTO_TEST_CASE(a_knob_is_lit_as_far_as_it_is_turned_up) {
    const Layout layout = default_layout();
    for (const bool dark : {true, false})
        for (const double zoom : {1.0, 2.0})
            for (const double position : {0.1, 0.5, 0.85}) {
                Scene scene = initial_scene();
                scene.dark = dark;
                scene.values[static_cast<size_t>(Parameter::cutoff)] = knob_value(Parameter::cutoff, position);
                const Picture picture(scene, layout, zoom);
                const double lit = lit_fraction(picture, control_of(layout, Parameter::cutoff), theme(dark));
                BOOST_TEST(std::fabs(lit - position) < 0.03, "lit " << lit << " for " << position);
            }
}

BOOST_AUTO_TEST_CASE(a_knob_of_two_directions_is_lit_from_its_middle) {
    const Layout layout = default_layout();
    Scene scene = initial_scene();
    scene.values[static_cast<size_t>(Parameter::pressure_x)] = -50;
    const Picture picture(scene, layout, 2);
    const double lit = lit_fraction(picture, control_of(layout, Parameter::pressure_x), theme(true));
    // Half of the line's width sticks out at either end of a quarter of the range.
    const double end = knob_line / (1 - knob_line) / (knob_angle(1) - knob_angle(0));
    BOOST_TEST(std::fabs(lit - (0.25 + 2 * end)) < 0.01);
}

BOOST_AUTO_TEST_CASE(sounding_and_struck_keys_are_lit) {
    const Layout layout = default_layout();
    for (const bool dark : {true, false}) {
        Scene scene = initial_scene();
        scene.dark = dark;
        scene.sounding_keys.set(60);
        scene.sounding_keys.set(66);
        scene.pressed_keys.set(71);
        const Picture picture(scene, layout);
        for (int key = 48; key < 84; ++key) {
            const ui::Rect area = key_area(layout, key);
            const ui::Colour colour = picture.at({area.centre().x, area.bottom() - 6});
            const bool lit = key == 60 || key == 66 || key == 71;
            const Theme& colours = theme(dark);
            BOOST_TEST(distance(colour, lit                 ? colours.accent
                                        : is_black_key(key) ? colours.black_key
                                                            : colours.white_key) < 0.08);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_background_has_the_corners_colours) {
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    scene.bank.spectra.clear();
    scene.bank.corners.clear();
    for (const bool dark : {true, false}) {
        scene.dark = dark;
        const Layout layout = default_layout();
        const Picture picture(scene, layout);
        const auto at = [&](float x, float y) { return picture.at(plane_to_window(layout.plane, {x, y})); };
        BOOST_TEST(distance(at(0, 1), theme(dark).corners[0]) < colour_tolerance);
        BOOST_TEST(distance(at(1, 1), theme(dark).corners[1]) < colour_tolerance);
        BOOST_TEST(distance(at(0, 0), theme(dark).corners[2]) < colour_tolerance);
        BOOST_TEST(distance(at(1, 0), theme(dark).corners[3]) < colour_tolerance);
        const ui::Colour half = to_srgb(mix(to_oklab(theme(dark).corners[0]), to_oklab(theme(dark).corners[1]), 0.5));
        BOOST_TEST(distance(at(0.5f, 1), half) < colour_tolerance);
    }
}

BOOST_AUTO_TEST_CASE(ridges_are_as_high_as_the_banks_bands) {
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    scene.bank.corners.clear();
    scene.position = {0, 0};
    const Layout layout = default_layout();
    Scene plain = scene;
    plain.bank.spectra.clear();
    const Picture without(plain, layout, 4);
    // A few bands of one cell near the plane's centre, at two levels.
    for (const float level : {0.5f, 1.0f}) {
        for (auto& cell : scene.bank.spectra) std::fill(cell.begin(), cell.end(), 0.0f);
        auto& cell = scene.bank.spectra[2 * 7 + 4];
        for (size_t band = 20; band < 28; ++band) cell[band] = level;
        const Picture with(scene, layout, 4);
        const ui::Point centre = plane_to_window(layout.plane, {4 / 6.0f, 1 - 2 / 6.0f});
        const double step =
            plane_to_window(layout.plane, {5 / 6.0f, 0}).x - plane_to_window(layout.plane, {4 / 6.0f, 0}).x;
        const double full_height = step * 0.42;
        const double found = ridge_height(with, without, {centre.x, centre.y + full_height / 2}, full_height + 3);
        BOOST_TEST(std::fabs(found - full_height * level) < 1.5, found << " for " << full_height * level);
        const double next_to_it =
            ridge_height(with, without, {centre.x - step * 0.3, centre.y + full_height / 2}, full_height + 3);
        BOOST_TEST(next_to_it < 1.5);
    }
}

BOOST_AUTO_TEST_CASE(a_note_apart_from_the_puck_has_its_ring) {
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    scene.bank.spectra.clear();
    const Layout layout = default_layout();
    const Picture before(scene, layout);
    scene.notes = {{60, {0.25f, 0.6f}}, {64, scene.position}};
    const Picture after(scene, layout);
    const ui::Point at = plane_to_window(layout.plane, {0.25f, 0.6f});
    BOOST_TEST(distance(after.at({at.x + 6, at.y}), theme(true).plane_mark) < 0.1);
    BOOST_TEST(distance(after.at({at.x + 6, at.y}), before.at({at.x + 6, at.y})) > 0.2);
    const ui::Point puck = plane_to_window(layout.plane, scene.position);
    BOOST_TEST(distance(after.at({puck.x + 6, puck.y}), before.at({puck.x + 6, puck.y})) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_gestures_path_is_drawn_and_highlighted_while_it_plays) {
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    scene.bank.spectra.clear();
    scene.gesture = {{0.1f, 0.2f}, {0.1f, 0.9f}};
    const Layout layout = default_layout();
    const auto lit_points = [&] {
        const Picture picture(scene, layout, 2);
        int lit = 0;
        for (float y = 0.3f; y < 0.8f; y += 0.002f)
            lit += distance(picture.at(plane_to_window(layout.plane, {0.1f, y})), theme(true).accent) < 0.2;
        return lit;
    };
    BOOST_TEST(lit_points() == 0);
    scene.values[static_cast<size_t>(Parameter::gesture)] = 2;
    BOOST_TEST(lit_points() > 50);
}

BOOST_AUTO_TEST_CASE(the_trail_leads_to_the_puck_and_fades) {
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    scene.bank.spectra.clear();
    const Layout layout = default_layout();
    const Picture without(scene, layout);
    const auto visibility = [&](double age) {
        scene.now = 10;
        scene.trail = {{{0.2f, 0.2f}, 10 - age}, {{0.8f, 0.2f}, 10 - age}};
        const Picture with(scene, layout);
        const ui::Point middle = plane_to_window(layout.plane, {0.5f, 0.2f});
        return distance(with.at(middle), without.at(middle));
    };
    BOOST_TEST(visibility(0) > visibility(0.5));
    BOOST_TEST(visibility(0.5) > 0.05);
    BOOST_TEST(visibility(trail_seconds) == 0.0);
}

BOOST_AUTO_TEST_CASE(the_status_line_says_what_tunes) {
    Scene scene = initial_scene();
    scene.status = {.voices = 4, .load = 0.006, .sample_rate = 48000, .block = 64};
    const std::string before = status_text(scene);
    const Layout layout = default_layout();
    const Picture without(scene, layout);
    scene.tuning_master = "MTS-ESP off where MIDI tunes";
    BOOST_TEST(status_text(scene) == before + " · MTS-ESP off where MIDI tunes");
    const Picture with(scene, layout);
    int changed = 0, outside = 0;
    for (double y = 1; y < layout.height; ++y)
        for (double x = 1; x < layout.width; ++x) {
            if (distance(without.at({x, y}), with.at({x, y})) == 0) continue;
            ++changed;
            outside += !layout.status.contains({x, y}) || x > layout.theme_button.x;
        }
    BOOST_TEST(changed > 100);
    BOOST_TEST(outside == 0);
}

BOOST_AUTO_TEST_CASE(a_message_is_drawn_inside_the_plane) {
    Scene scene = initial_scene();
    for (const bool dark : {true, false}) {
        scene.dark = dark;
        scene.message.clear();
        const Layout layout = default_layout();
        const Picture before(scene, layout);
        scene.message =
            "/home/musician/some rather long folder/and another one below it/still going on/"
            "a_name_without_any_space_that_is_longer_than_one_would_want.timbrel: missing; it plays as soon "
            "as it is there again, next to the session, or in /home/musician/.local/share/timbrel/banks";
        const Picture after(scene, layout);
        int letters = 0, outside = 0;
        for (double y = 1; y < layout.height; ++y)
            for (double x = 1; x < layout.width; ++x) {
                if (distance(before.at({x, y}), after.at({x, y})) == 0) continue;
                outside += !layout.plane.inset(20).contains({x, y});
                letters += distance(after.at({x, y}), theme(dark).text) < 0.2;
            }
        BOOST_TEST(outside == 0);
        BOOST_TEST(letters > 1000);
    }
}

BOOST_AUTO_TEST_CASE(the_list_marks_the_bank_that_plays) {
    Scene scene = initial_scene();
    using Kind = ListLine::Kind;
    scene.list.kind = DropList::Kind::banks;
    scene.list.lines = {{Kind::heading, "~/banks", "", ""},
                        {Kind::bank, "Breath", "/b/breath.timbrel", ""},
                        {Kind::bank, "Wood", "/b/wood.timbrel", ""}};
    scene.bank_path = "/b/wood.timbrel";
    const Layout layout = default_layout();
    const Picture picture(scene, layout, 2);
    const auto marked = [&](size_t row) {
        const ui::Rect area = list_area(layout, scene);
        const double height = area.height / 3;
        int pixels = 0;
        for (double y = area.y + height * static_cast<double>(row); y < area.y + height * static_cast<double>(row + 1);
             y += 0.5)
            for (double x = area.x; x < area.right(); x += 0.5)
                pixels += distance(picture.at({x, y}), theme(true).accent) < 0.1;
        return pixels;
    };
    BOOST_TEST(marked(1) == 0);
    BOOST_TEST(marked(2) > 20);
}

BOOST_AUTO_TEST_CASE(regions_drawn_separately_equal_the_whole_window) {
    const Layout layout = default_layout();
    const Scene before = initial_scene(), after = playing_scene();
    Picture whole(after, layout), regions(before, layout);
    PlaneBackground background;
    for (const Region region : all_regions) draw_region(regions.cairo(), region, layout, after, background);
    int different = 0;
    for (double y = 0; y < layout.height; y += 3)
        for (double x = 0; x < layout.width; x += 3) different += distance(whole.at({x, y}), regions.at({x, y})) > 0;
    BOOST_TEST(different == 0);
}

BOOST_AUTO_TEST_CASE(values_are_shown_with_their_units) {
    BOOST_TEST(format_value(Parameter::glide, 40) == "40 ms");
    BOOST_TEST(format_value(Parameter::attack, 0.004f) == "4 ms");
    BOOST_TEST(format_value(Parameter::release, 2.5f) == "2.5 s");
    BOOST_TEST(format_value(Parameter::cutoff, 1600) == "1.6 kHz");
    BOOST_TEST(format_value(Parameter::cutoff, 20000) == "Open");
    BOOST_TEST(format_value(Parameter::level, -6) == "−6.0 dB");
    BOOST_TEST(format_value(Parameter::level, -60) == "silent");
    BOOST_TEST(format_value(Parameter::pressure_x, 100) == "+100 %");
    BOOST_TEST(format_value(Parameter::play_mode, 2) == "Legato");
    for (size_t i = 0; i < parameter_count; ++i) {
        const auto parameter = static_cast<Parameter>(i);
        for (const float value : {info(parameter).minimum, info(parameter).initial, info(parameter).maximum}) {
            const float back = knob_value(parameter, knob_position(parameter, value));
            BOOST_TEST(std::fabs(back - value) <= 1e-4f * (info(parameter).maximum - info(parameter).minimum),
                       info(parameter).symbol);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_banks_picture_is_read_and_odd_ones_are_left_out) {
    const TemporaryFolder folder;
    SyntheticBank bank;
    bank.columns = 2;
    bank.sound = [](const SamplePosition& at) { return 0.1 * sine(440, at.frame); };
    bank.write(folder.file("plain.timbrel"));
    const BankPicture plain = read_bank_picture(folder.file("plain.timbrel"));
    BOOST_TEST(plain.name == "plain");
    BOOST_TEST(plain.columns == 2u);
    BOOST_TEST(plain.spectra.empty());
    BOOST_CHECK_THROW(read_bank_picture(folder.file("none.timbrel")), BankError);
    Scene scene = initial_scene();
    scene.bank = plain;
    const Picture picture(scene, default_layout()); // neither ridges nor names: must not fail
}

BOOST_AUTO_TEST_CASE(a_bake_fills_its_bar_and_a_drag_marks_its_corner) {
    const Layout layout = default_layout();
    Scene scene = initial_scene();
    scene.bank = sample_bank_picture();
    const Picture before(scene, layout);
    // The part of the bar's width, just below its upper edge, that has the accent's hue.
    const auto filled = [&](double done) {
        scene.bake.running = true;
        scene.bake.stage = scene.bake.stages = 1;
        scene.bake.done = done;
        const Picture picture(scene, layout);
        const ui::Rect stop = stop_baking_area(layout.plane);
        const double left = layout.plane.x + (layout.plane.right() - stop.right());
        const Theme& colours = theme(scene.dark);
        const ui::Colour empty = colours.panel;
        int count = 0;
        for (int i = 0; i < 100; ++i)
            count += distance(picture.at({left + (stop.right() - left) * (i + 0.5) / 100, stop.y + 3}), empty) > 0.1;
        return count;
    };
    for (const double done : {0.2, 0.5, 0.9}) BOOST_TEST(std::abs(filled(done) - 100 * done) <= 3);

    scene.bake = {};
    scene.drop_corner = 3; // south-east
    const Picture dropping(scene, layout);
    const auto changed = [&](float x, float y) {
        const ui::Point at = plane_to_window(layout.plane, {x, y});
        return distance(dropping.at(at), before.at(at)) > 0.05;
    };
    BOOST_TEST(changed(0.8f, 0.1f));
    for (const auto& [x, y] : {std::pair(0.1f, 0.1f), {0.1f, 0.9f}, {0.9f, 0.9f}}) BOOST_TEST(!changed(x, y));
}
