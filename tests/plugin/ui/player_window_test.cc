// SPDX-License-Identifier: GPL-3.0-or-later
// The player's window: the keys that the plugin's window passes on to it.
#define BOOST_TEST_MODULE player_window
#define BOOST_TEST_NO_MAIN
#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/host/support/player_fixture.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/screen.h"

#include <X11/Xatom.h>

#include <algorithm>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// The screen is the first base, so that it is destroyed last: Xlib ends programs that lose their display.
struct PlayerWindow : VirtualScreen, PlayerFixture {
    void run_xdotool(const std::string& commands) {
        VirtualScreen::run_xdotool(commands, [] {});
    }
    // The titles of all top-level windows, joined.
    std::string title() const {
        Window top = 0, parent = 0, *children = nullptr;
        unsigned count = 0;
        XQueryTree(display(), root(), &top, &parent, &children, &count);
        std::string text;
        for (unsigned i = 0; i < count; ++i) {
            Atom type = 0;
            int format = 0;
            unsigned long items = 0, rest = 0;
            unsigned char* data = nullptr;
            XGetWindowProperty(display(), children[i], XInternAtom(display(), "_NET_WM_NAME", False), 0, 200, False,
                               AnyPropertyType, &type, &format, &items, &rest, &data);
            if (data) text += reinterpret_cast<char*>(data);
            if (data) XFree(data);
        }
        if (children) XFree(children);
        return text;
    }
};

std::string move_to(ui::Point point) {
    return "mousemove " + std::to_string(std::lround(point.x)) + " " + std::to_string(std::lround(point.y)) + " ";
}

ui::Point knob_centre(const ui::Layout& layout, Parameter parameter) {
    for (const ui::Panel& panel : layout.panels)
        for (const ui::Control& control : panel.controls)
            if (control.parameter == parameter) return control.area.centre();
    throw std::logic_error("no such knob");
}

} // namespace

BOOST_FIXTURE_TEST_CASE(key_commands_learn_save_and_forget_for_the_touched_knob, PlayerWindow) {
    const ui::Layout layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
    play({"--osc", osc_port()});
    Phone phone(osc_port());
    run_xdotool("sleep 0.5 " + move_to(layout.plane.centre()) + "click 1 key ctrl+l key Escape");
    run_xdotool(move_to(knob_centre(layout, Parameter::cutoff)) + "click 5 key ctrl+l sleep 0.3");
    BOOST_TEST(wait_for_output(*player, "Cutoff: now move a MIDI controller"), player->output());
    BOOST_TEST(title() == "Timbrel – Cutoff: move a MIDI controller (Delete: forget, Escape: leave)");
    probe->play_and_record({{0, {0xb0, 21, 3}}}, 24000);
    BOOST_TEST(wait_for_output(*player, "Cutoff is moved by controller 21 on channel 1"), player->output());
    probe->play_and_record({{0, {0xb0, 21, 0}}}, 24000);
    BOOST_TEST(phone.last_value("/timbrel/param/cutoff") == 20.0f);
    // Announcements show in the window's last line for three seconds, in bright letters.
    const auto bright = [&] {
        const auto pixels = row(static_cast<int>(layout.status.x), static_cast<int>(layout.status.centre().y), 200);
        return std::count_if(pixels.begin(), pixels.end(),
                             [](const ui::Colour& pixel) { return distance(pixel, ui::theme(true).text) < 0.3; });
    };
    run_xdotool("mousemove 5 5 sleep 4");
    BOOST_TEST(bright() == 0);
    run_xdotool("key ctrl+s sleep 0.3");
    BOOST_TEST(wait_for_output(*player, "saved as the preset Stage 1"), player->output());
    BOOST_TEST(bright() > 10);
    run_xdotool("sleep 4");
    BOOST_TEST(bright() == 0);
    run_xdotool("key ctrl+l sleep 0.1 key Delete sleep 0.3");
    BOOST_TEST(wait_for_output(*player, "Cutoff is no longer assigned to controller 21"), player->output());
    probe->play_and_record({{0, {0xb0, 21, 127}}}, 24000);
    BOOST_TEST(phone.last_value("/timbrel/param/cutoff") == 20.0f);
}

BOOST_FIXTURE_TEST_CASE(the_window_stays_open_without_the_server, PlayerWindow) {
    const ui::Layout layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
    play({"--osc", osc_port()});
    Phone phone(osc_port());
    probe.reset();
    server.stop();
    BOOST_TEST(wait_for_output(*player, "has gone"), player->output());
    run_xdotool(move_to(knob_centre(layout, Parameter::cutoff)) + "click 5 key ctrl+l sleep 0.5");
    BOOST_TEST(wait_for_output(*player, "Cutoff: now move a MIDI controller"), player->output());
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "Xvfb", "xdotool"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
