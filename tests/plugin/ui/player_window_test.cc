// The player's own window: what its frame does with keys that the plugin's window leaves to it.
#define BOOST_TEST_MODULE player_window
#define BOOST_TEST_NO_MAIN
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/host/support/live_stage.h"
#include "tests/plugin/ui/screen.h"

#include <X11/Xatom.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// The screen comes first and goes last: a program whose screen goes is ended by Xlib.
struct Stage : VirtualScreen, LiveStage {
    void hand(const std::string& words) {
        VirtualScreen::hand(words, [] {});
    }
    // The title of any window on the screen that has one.
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

std::string words_at(ui::Point point) {
    return "mousemove " + std::to_string(std::lround(point.x)) + " " + std::to_string(std::lround(point.y)) + " ";
}

ui::Point knob_of(const ui::Layout& layout, Parameter parameter) {
    for (const ui::Panel& panel : layout.panel_list)
        for (const ui::Control& control : panel.controls)
            if (control.parameter == parameter) return control.area.centre();
    throw std::logic_error("no such knob");
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_knob_in_the_hand_learns_saves_and_forgets, Stage) {
    const ui::Layout layout = ui::lay_out(ui::usual_width, ui::usual_height, 0);
    play({"--osc", osc_port()});
    Phone phone(osc_port());
    hand("sleep 0.5 " + words_at(layout.plane.centre()) + "click 1 key ctrl+l key Escape");
    hand(words_at(knob_of(layout, Parameter::cutoff)) + "click 5 key ctrl+l sleep 0.3");
    BOOST_TEST(says(*player, "Cutoff: now move a MIDI controller"), player->output());
    BOOST_TEST(title() == "Timbrel – Cutoff: move a MIDI controller (Delete: forget, Escape: leave)");
    probe->perform({{0, {0xb0, 21, 3}}}, 24000);
    BOOST_TEST(says(*player, "Cutoff is moved by controller 21 on channel 1"), player->output());
    probe->perform({{0, {0xb0, 21, 0}}}, 24000);
    BOOST_TEST(phone.told("/timbrel/param/cutoff") == 20.0f);
    hand("key ctrl+s sleep 0.3");
    BOOST_TEST(says(*player, "saved as the preset Stage 1"), player->output());
    hand("key ctrl+l sleep 0.1 key Delete sleep 0.3");
    BOOST_TEST(says(*player, "Cutoff is moved no more"), player->output());
    probe->perform({{0, {0xb0, 21, 127}}}, 24000);
    BOOST_TEST(phone.told("/timbrel/param/cutoff") == 20.0f);
}

BOOST_FIXTURE_TEST_CASE(the_window_lives_on_while_the_server_is_away, Stage) {
    const ui::Layout layout = ui::lay_out(ui::usual_width, ui::usual_height, 0);
    play({"--osc", osc_port()});
    Phone phone(osc_port());
    probe.reset();
    server.stop();
    BOOST_TEST(says(*player, "has gone"), player->output());
    hand(words_at(knob_of(layout, Parameter::cutoff)) + "click 5 key ctrl+l sleep 0.5");
    BOOST_TEST(says(*player, "Cutoff: now move a MIDI controller"), player->output());
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "Xvfb", "xdotool"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
