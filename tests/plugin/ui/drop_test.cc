// SPDX-License-Identifier: GPL-3.0-or-later
// Sounds dropped on the corners of the player's window are baked and play, without a shell.
#define BOOST_TEST_MODULE drop
#define BOOST_TEST_NO_MAIN
#include "common/wav_writer.h"
#include "plugin/ui/input/uri_list.h"
#include "plugin/ui/scene/layout.h"
#include "plugin/ui/widgets/plane.h"
#include "tests/host/support/player_fixture.h"
#include "tests/plugin/ui/drag_source.h"
#include "tests/plugin/ui/screen.h"

#include <algorithm>
#include <filesystem>

using namespace timbrel;
using namespace timbrel::test;

namespace {

constexpr double tone = 277.1826; // Hz, C♯4

// The screen is the first base, so that it is destroyed last: Xlib ends programs that lose their display.
struct DropOnPlayer : VirtualScreen, PlayerFixture {
    DropOnPlayer() {
        setenv("XDG_RUNTIME_DIR", folder.file("").c_str(), 1);
        setenv("XDG_DATA_HOME", folder.file("data").c_str(), 1);
    }

    // C♯4 for 3 s, with the first partial and another one of the same strength.
    std::string write_tone(const std::string& name, int partial) const {
        constexpr int rate = 48000;
        std::vector<float> sound(3 * rate);
        for (size_t i = 0; i < sound.size(); ++i) {
            const double phase = 2 * std::numbers::pi * tone * static_cast<double>(i) / rate;
            sound[i] = static_cast<float>(0.2 * (std::sin(phase) + std::sin(partial * phase)));
        }
        WavWriter file(folder.file(name), rate, 1, WavWriter::Format::pcm24);
        file.write(sound);
        file.finish();
        return folder.file(name);
    }

    // The level of a partial of C♯4 against the first one, dB.
    double partial(int number) const {
        probe->play_and_record({{0, {0x90, 61, 110}}, {40000, {0x80, 61, 0}}}, 60000);
        const std::span<const float> sound(probe->left.data() + 12000, 24000);
        return db(fit_sinusoid(sound, tone * number).amplitude / fit_sinusoid(sound, tone).amplitude);
    }

    // Whether partial 5 gets as loud as the first. The first bank comes after seconds; a busy machine takes longer.
    bool wait_for_partial_5() const {
        double level = -100;
        for (int i = 0; i < 150 && !(level > -3); ++i) level = partial(5);
        BOOST_TEST_INFO(level << " dB");
        return std::fabs(level) < 3;
    }

    // A point of the plane on the screen.
    ui::Point on_screen(engine::PlanePoint position) const {
        const auto window = find("Timbrel", static_cast<int>(ui::default_width), static_cast<int>(ui::default_height));
        BOOST_REQUIRE(window);
        const ui::Layout layout = ui::compute_layout(ui::default_width, ui::default_height, 0);
        const ui::Point point = ui::plane_to_window(layout.plane, position);
        return {window->x + point.x, window->y + point.y};
    }
};

// A line of a text/uri-list.
std::string uri_of(const std::string& path) {
    std::string uri = "file://";
    for (const char c : path) uri += c == ' ' ? "%20" : c == '#' ? "%23" : std::string(1, c);
    return uri + "\r\n";
}

} // namespace

BOOST_FIXTURE_TEST_CASE(sounds_dropped_on_the_plane_play_at_their_corners, DropOnPlayer) {
    play();
    BOOST_TEST(partial(5) < -40);
    const ui::Point corner = on_screen({0.1f, 0.1f});
    DragSource source(display());
    BOOST_TEST(source.drag_to(static_cast<int>(corner.x), static_cast<int>(corner.y)));
    std::string list;
    for (const auto& [name, number] : {std::pair("five-C#4.wav", 5), {"seven C#4.wav", 7}}) {
        list += uri_of(write_tone(name, number));
    }
    BOOST_TEST(source.drop(list));
    BOOST_TEST(wait_for_partial_5());
    BOOST_TEST(std::filesystem::exists(folder.file("data/timbrel/banks/five-C#4 - seven C#4.timbrel")));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_file_is_not_accepted, DropOnPlayer) {
    play();
    const ui::Point corner = on_screen({0.9f, 0.9f});
    DragSource source(display());
    BOOST_TEST(!source.drag_to(static_cast<int>(corner.x), static_cast<int>(corner.y), "text/html"));
    source.leave();
    BOOST_TEST(source.drag_to(static_cast<int>(corner.x), static_cast<int>(corner.y)));
    BOOST_TEST(!source.drop("https://example.org/a.wav\r\n"));
    BOOST_TEST(source.drag_to(static_cast<int>(corner.x), static_cast<int>(corner.y)));
    BOOST_TEST(source.drop("file://localhost" + bank + "\r\n")); // a bank is loaded as it is
    BOOST_TEST(partial(5) < -40);
}

BOOST_FIXTURE_TEST_CASE(the_player_starts_without_a_bank_and_plays_the_first_sound, DropOnPlayer) {
    setenv("TIMBREL_BANKS", folder.file("none").c_str(), 1);
    setenv("XDG_DATA_DIRS", folder.file("none").c_str(), 1);
    player = std::make_unique<Child>(std::vector<std::string>{TIMBREL}, folder.file("player.log")); // by its name alone
    BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player->output());
    BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
    BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
    probe->play_and_record({{0, {0x90, 61, 110}}}, 20000);
    BOOST_TEST(std::ranges::max(probe->left) == 0.0f);
    const ui::Point corner = on_screen({0.9f, 0.9f});
    DragSource source(display());
    BOOST_TEST(source.drag_to(static_cast<int>(corner.x), static_cast<int>(corner.y)));
    BOOST_TEST(source.drop(uri_of(write_tone("five-C#4.wav", 5))));
    BOOST_TEST(wait_for_output(*player, "playing", 200), player->output());
    BOOST_TEST(std::fabs(partial(5)) < 3); // in the middle: all corners have the only sound
}

BOOST_AUTO_TEST_CASE(lists_of_files_are_read) {
    using List = std::vector<std::string>;
    const auto read = [](std::string_view text) { return ui::paths_of_uri_list(text); };
    BOOST_TEST(read("file:///a/b%20c.wav\r\nfile:/d\r\n") == (List{"/a/b c.wav", "/d"}));
    BOOST_TEST(read("# a comment\nfile://localhost/folder/\n") == (List{"/folder"}));
    BOOST_TEST(read("file:///100%25%zz%4") == (List{"/100%%zz%4"}));
    BOOST_TEST(read("http://example.org/a.wav\r\nfile://elsewhere.example/a.wav").empty());
    BOOST_TEST(read("file:///a%00b\r\nfile:\r\nfile://\r\n\r\n").empty());
    BOOST_TEST(read("file:///%C3%A9.wav") == (List{"/é.wav"}));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "Xvfb"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
