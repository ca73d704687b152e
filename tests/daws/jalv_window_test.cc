// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the plugin's window in jalv's GTK host: checks the picture, drags the point across the plane, and measures the
// sound.
#define BOOST_TEST_MODULE jalv_window
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "plugin/ui/paint/theme.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/daws/preset.h"
#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/ui/picture.h"
#include "tests/plugin/ui/screen.h"

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

const ui::Layout& layout() {
    static const ui::Layout default_layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
    return default_layout;
}

struct Jalv {
    explicit Jalv(bool bank_is_there = true) {
        write_tone_bank(bank);
        if (!bank_is_there) std::filesystem::rename(bank, moved_bank);
        write_preset(folder.file(""), "Tones", "<urn:timbrel:bank> <" + bank + ">",
                     "[ lv2:symbol \"x\" ; pset:value 0.2 ] , [ lv2:symbol \"y\" ; pset:value 0.2 ]");
        setenv("XDG_CONFIG_HOME", folder.file("settings").c_str(), 1);
        host = std::make_unique<Child>(std::vector<std::string>{"jalv.gtk3", "--jack-name", "jalv", "-x", "--load",
                                                                folder.file("Tones.lv2"), "urn:timbrel:morph"},
                                       folder.file("jalv.log"));
        const auto found = screen.find("Timbrel", ui::default_width, ui::default_height);
        BOOST_REQUIRE_MESSAGE(found, host->output());
        corner = *found;
        BOOST_REQUIRE(probe.wait_for("jalv:out_right"));
        BOOST_REQUIRE(probe.connect(probe.midi_out(), "jalv:control"));
        BOOST_REQUIRE(probe.connect("jalv:out_left", probe.audio_in(0)));
        wait();
    }
    void wait() const { std::this_thread::sleep_for(std::chrono::milliseconds(1200)); }
    ui::Colour at(ui::Point point) const {
        return screen.at(static_cast<int>(corner.x + point.x), static_cast<int>(corner.y + point.y));
    }
    ui::Colour at(PlanePoint position) const { return at(ui::plane_to_window(layout().plane, position)); }
    std::string coordinates(ui::Point point) const {
        return std::to_string(std::lround(corner.x + point.x)) + " " + std::to_string(std::lround(corner.y + point.y)) +
               " ";
    }
    std::string coordinates(PlanePoint position) const {
        return coordinates(ui::plane_to_window(layout().plane, position));
    }
    void use_mouse(const std::string& moves) const {
        screen.run_xdotool(moves, [] {});
    }
    // Frequency, and partials relative to the first, of a note of 0.9 s.
    struct Partials {
        double hertz, second, third;
    };
    Partials play() {
        probe.play_and_record({{0, {0x90, 69, 110}}, {43200, {0x80, 69, 0}}}, 60000);
        const auto part = std::span(probe.left).subspan(9600, 24000);
        const Sinusoid first = find_sinusoid(part, 440);
        return {first.hertz, fit_sinusoid(part, 880).amplitude / first.amplitude,
                fit_sinusoid(part, 1320).amplitude / first.amplitude};
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), moved_bank = folder.file("moved");
    JackServer server;
    JackProbe probe;
    VirtualScreen screen;
    std::unique_ptr<Child> host;
    ui::Point corner;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_drag_across_the_plane_is_visible_and_audible, Jalv) {
    const ui::Theme& colours = ui::theme(true);
    const PlanePoint west{0.2f, 0.2f}, middle{0.5f, 0.5f}, east{0.9f, 0.7f};
    BOOST_TEST(distance(at(west), colours.accent) < colour_tolerance);
    BOOST_TEST(distance(at(east), colours.accent) > 0.1);
    auto [hertz, second, third] = play();
    BOOST_TEST(std::fabs(hertz - 440) < 0.1);
    BOOST_TEST(std::fabs(third - 0.2) < 0.02, third);
    BOOST_TEST(std::fabs(second - 0.2) < 0.02, second);

    std::string moves = "mousemove " + coordinates(west) + "mousedown 1 ";
    for (int i = 1; i <= 10; ++i) {
        const float fraction = static_cast<float>(i) / 10;
        moves += "mousemove " +
                 coordinates(PlanePoint{west.x + fraction * (east.x - west.x), west.y + fraction * (east.y - west.y)}) +
                 "sleep 0.02 ";
    }
    use_mouse(moves + "mouseup 1 mousemove " + coordinates(ui::Point{2, 2}));
    wait();
    BOOST_TEST(distance(at(east), colours.accent) < colour_tolerance);
    BOOST_TEST(distance(at(west), colours.accent) > 0.1);
    BOOST_TEST(distance(at(middle), colours.accent) > 0.1); // the trail has faded
    const Partials after = play();
    BOOST_TEST(std::fabs(after.third - 0.9) < 0.02, after.third);
    BOOST_TEST(std::fabs(after.second - 0.7) < 0.02, after.second);
}

BOOST_FIXTURE_TEST_CASE(notes_light_their_keys_and_keys_sound, Jalv) {
    const auto foot = [](int key) {
        const ui::Rect area = ui::key_area(layout(), key);
        return ui::Point{area.centre().x, area.bottom() - 6};
    };
    const ui::Theme& colours = ui::theme(true);
    probe.play_and_record({{0, {0x90, 60, 110}}}, 24000);
    wait();
    BOOST_TEST(distance(at(foot(60)), colours.accent) < 0.08);
    BOOST_TEST(distance(at(foot(62)), colours.white_key) < 0.08);
    probe.play_and_record({{0, {0x80, 60, 0}}}, 24000);
    wait();
    BOOST_TEST(distance(at(foot(60)), colours.white_key) < 0.08);
    use_mouse("mousemove " + coordinates(foot(69)) + "mousedown 1");
    probe.play_and_record({}, 48000);
    const Sinusoid tone = find_sinusoid(std::span(probe.left).last(24000), 440);
    BOOST_TEST(tone.amplitude > 0.05);
    BOOST_TEST(std::fabs(tone.hertz - 440) < 0.1);
    use_mouse("mouseup 1");
    wait();
    probe.play_and_record({}, 4800);
    BOOST_TEST(peak(probe.left) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_missing_bank_is_reported_and_plays_when_restored) {
    Jalv jalv(false);
    const ui::Theme& colours = ui::theme(true);
    const ui::Rect& plane = layout().plane;
    // Whether the frame of the message box is drawn at this X.
    const auto framed = [&](double x) {
        for (double off = -3; off <= 3; ++off)
            if (distance(jalv.at(ui::Point{x + off, plane.centre().y}), colours.record) < 0.2) return true;
        return false;
    };
    BOOST_TEST(framed(plane.x + 24));
    BOOST_TEST(framed(plane.right() - 24));
    BOOST_TEST(jalv.host->output().find("tones.timbrel: missing") != std::string::npos, jalv.host->output());
    jalv.probe.play_and_record({{0, {0x90, 69, 110}}, {4800, {0x80, 69, 0}}}, 9600);
    BOOST_TEST(peak(jalv.probe.left) == 0.0);
    std::filesystem::rename(jalv.moved_bank, jalv.bank);
    std::this_thread::sleep_for(std::chrono::seconds(4));
    BOOST_TEST(!framed(plane.x + 24));
    BOOST_TEST(distance(jalv.at(PlanePoint{0.2f, 0.2f}), colours.accent) < colour_tolerance);
    BOOST_TEST(std::fabs(jalv.play().third - 0.2) < 0.02);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "jalv.gtk3", "Xvfb", "xdotool"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
