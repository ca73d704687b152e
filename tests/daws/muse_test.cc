// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the plugin in MusE on a virtual screen: a program change selects the bank, the song is played, saved, moved to
// another folder and played again.
#define BOOST_TEST_MODULE muse
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/ui/screen.h"

#include <jack/transport.h>

#include <cmath>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

// X is 0.8. A program change selects the first installed bank; then A4 for 1 s and C4 for 1 s.
constexpr char song_text[] = R"(<?xml version="1.0"?>
<muse version="3.3"><song><showinfo>0</showinfo><automation>1</automation><master>1</master><len>230400</len>
<AudioOutput><name>Out 1</name><channels>2</channels><controller id="0" cur="1"></controller></AudioOutput>
<SynthI><name>Timbrel-1</name><channels>2</channels><controller id="0" cur="1"></controller>
<controller id="36864" cur="0.8"></controller><controller id="36865" cur="0"></controller>
<synthType>LV2</synthType><uri>urn:timbrel:morph</uri><label>Timbrel</label><port>0</port></SynthI>
<miditrack><name>Track 1</name><device>0</device><channel>0</channel><automation>1</automation>
<part><name>Track 1</name><poslen tick="0" len="18432" />
<event type="1" tick="0" a="262145" b="16776960" />
<event tick="384" len="768" a="69" b="110" /><event tick="1152" len="768" a="60" b="110" /></part></miditrack>
<Route><source name="Timbrel-1"/><dest name="Out 1"/></Route>
<tempolist fix="500000"><tempo at="21474837"><tick>0</tick><val>500000</val></tempo></tempolist>
<siglist><sig at="21474836"><tick>0</tick><nom>4</nom><denom>4</denom></sig></siglist></song></muse>
)";

struct Muse {
    Muse(const VirtualScreen& screen, const TemporaryFolder& folder, std::string song)
        : screen(screen), song(std::move(song)),
          host({"HOME=" + folder.file("home"), "XDG_RUNTIME_DIR=" + folder.file("home"), "muse", "-j", "-J", "-p", "-S",
                "-N", "-I", this->song},
               folder.file("muse.log")) {
        // MusE asks whether to continue, and then shows a tip.
        wait_until([&] { return host.output().find("Start application loop") != std::string::npos; }, "key Return");
        press("sleep 0.5 key Escape sleep 0.5 key Escape");
    }
    void press(const std::string& words) const {
        screen.run_xdotool(words, [] {});
    }
    void wait_until(const std::function<bool()>& done, const std::string& words) {
        for (int i = 0; i < 60 && !done(); ++i) press(words + " sleep 0.5");
        BOOST_REQUIRE_MESSAGE(done(), host.output());
    }
    void save() {
        const auto before = fs::last_write_time(song);
        wait_until([&] { return fs::last_write_time(song) != before; }, "mousemove 900 650 click 1 key ctrl+s");
    }

    const VirtualScreen& screen;
    const std::string song;
    Child host;
};

// Plays the song and checks pitch and partials of both notes.
void check_song(JackProbe& probe) {
    BOOST_REQUIRE(probe.wait_for("MusE:Out 1-1"));
    // A saved song restores its connections.
    jack_port_t* const out = jack_port_by_name(probe.client(), "MusE:Out 1-0");
    BOOST_REQUIRE(out);
    BOOST_REQUIRE(
        (jack_port_connected_to(out, probe.audio_in(0).c_str()) || probe.connect("MusE:Out 1-0", probe.audio_in(0))));
    // The server does not wait for MusE on a busy machine. A recording with gaps is repeated.
    for (int attempt = 0, xruns = -1; attempt < 5 && xruns != probe.xruns(); ++attempt) {
        jack_transport_locate(probe.client(), 0);
        xruns = probe.xruns();
        jack_transport_start(probe.client());
        probe.play_and_record({}, 6 * 48000);
        jack_transport_stop(probe.client());
    }
    const size_t start = onset(probe.left, 0.01f);
    BOOST_TEST_REQUIRE(start + 96000 < probe.left.size());
    for (const auto& [frame, key] : {std::pair(12000, 69), {60000, 60}}) {
        const auto part = std::span<const float>(probe.left).subspan(start + static_cast<size_t>(frame), 24000);
        const double hertz = key_hertz(key);
        const Sinusoid first = find_sinusoid(part, hertz);
        BOOST_TEST(std::fabs(cents(first.hertz, hertz)) < 1);
        const double third = fit_sinusoid(part, 3 * hertz).amplitude / first.amplitude,
                     second = fit_sinusoid(part, 2 * hertz).amplitude / first.amplitude;
        BOOST_TEST(std::fabs(third - 0.8) < 0.02, third);
        BOOST_TEST(second < 0.02, second);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_song_is_played_saved_moved_and_played_again) {
    const TemporaryFolder folder;
    for (const char* name : {"home", "banks", "songs"}) fs::create_directory(folder.file(name));
    fs::permissions(folder.file("home"), fs::perms::owner_all);
    write_tone_bank(folder.file("banks/tones.timbrel"));
    const std::string song = folder.file("songs/song.med");
    std::ofstream(song) << song_text;
    // A synchronous server would wait forever while MusE opens.
    const JackServer server(256, 48000, JackServer::Scheduling::asynchronous);
    BOOST_REQUIRE_MESSAGE(server.up(), server.log());
    JackProbe probe;
    const VirtualScreen screen;
    setenv("TIMBREL_BANKS", folder.file("banks").c_str(), 1);
    {
        Muse muse(screen, folder, song);
        check_song(probe);
        muse.save();
    }
    // The program change finds no bank now, so the bank must come from the saved state.
    setenv("TIMBREL_BANKS", "", 1);
    fs::create_directories(folder.file("far/away"));
    fs::rename(song, folder.file("far/away/song.med"));
    const Muse muse(screen, folder, folder.file("far/away/song.med"));
    check_song(probe);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "muse", "Xvfb", "xdotool"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
