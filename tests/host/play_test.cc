// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel play` under a JACK server: plays notes and measures the recorded sound.
#define BOOST_TEST_MODULE play
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/host/support/player_fixture.h"

#include <jack/metadata.h>
#include <jack/uuid.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace timbrel::test;

namespace {

using Fixture = PlayerFixture;

// Waits until the player has made a connection.
bool wait_until_connected(const JackProbe& probe, const char* port, const char* to) {
    for (int i = 0; i < 100; ++i) {
        if (jack_port_connected_to(jack_port_by_name(probe.client(), port), to)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

// The jackd that a player has started.
pid_t server_of(const Child& player) {
    const std::string process = std::to_string(player.process());
    const pid_t server = std::atoi(read_file("/proc/" + process + "/task/" + process + "/children").c_str());
    BOOST_REQUIRE(server > 0);
    return server;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(notes_sound_on_their_frames_and_in_tune, Fixture) {
    play();
    std::vector<JackProbe::Event> events;
    for (uint32_t i = 0; i < 8; ++i) {
        events.push_back({1000 + i * 12037, {0x90, 69, 110}}); // at a different frame of the period each time
        events.push_back({1000 + i * 12037 + 3000, {0x80, 69, 0}});
    }
    probe->play_and_record(events, 100000);
    // All notes must have exactly the latency of the first.
    const size_t first = onset(probe->left, 0.15f);
    BOOST_TEST(first >= 1000u);
    BOOST_TEST(first <= 1000u + 2 * 64);
    for (uint32_t i = 1; i < 8; ++i) {
        const size_t begin = 900 + i * 12037;
        BOOST_TEST(onset(std::span(probe->left).subspan(begin), 0.15f) + begin == first + i * 12037);
    }
    const Sinusoid tone = find_sinusoid(std::span(probe->left).subspan(first, 2900), 440);
    BOOST_TEST(std::fabs(cents(tone.hertz, 440)) < 3.0);
    BOOST_TEST(std::fabs(db(tone.amplitude / 0.2)) < 0.5);
}

BOOST_FIXTURE_TEST_CASE(control_voltages_move_the_spectrum, Fixture) {
    play();
    BOOST_TEST(probe->connect(probe->cv_out(0), "Timbrel:x"));
    probe->play_and_record({{0, {0x90, 69, 110}}}, 48000);
    BOOST_TEST(third_partial(std::span(probe->left).last(24000)) < -60);
    probe->cv[0] = 1.0f;
    probe->play_and_record({}, 48000);
    BOOST_TEST(std::fabs(third_partial(std::span(probe->left).last(24000))) < 0.5);
}

BOOST_FIXTURE_TEST_CASE(the_period_may_change_while_playing, Fixture) {
    play();
    probe->play_and_record({{0, {0x90, 69, 110}}}, 24000);
    for (const uint32_t period : {1024u, 64u, 256u}) {
        BOOST_TEST(jack_set_buffer_size(probe->client(), period) == 0);
        probe->play_and_record({}, 48000);
        const Sinusoid tone = find_sinusoid(std::span(probe->left).last(24000), 440);
        BOOST_TEST(std::fabs(cents(tone.hertz, 440)) < 3.0);
        BOOST_TEST(std::fabs(db(tone.amplitude / 0.2)) < 0.5);
    }
    BOOST_TEST(player->alive());
}

BOOST_FIXTURE_TEST_CASE(a_key_sounds_one_period_later, Fixture) {
    // Probe and player form a loop, which takes one period in a JACK graph; the player must add nothing to it.
    play();
    for (const uint32_t period : {64u, 128u, 256u}) {
        jack_set_buffer_size(probe->client(), period);
        probe->play_and_record({{5000, {0x90, 69, 110}}, {9000, {0x80, 69, 0}}}, 48000);
        const size_t frames = onset(probe->left, 0.15f) - 5000;
        std::printf("from key to sound at %u frames a period: %zu frames, %.2f ms\n", period, frames, frames / 48.0);
        BOOST_TEST(frames == period);
    }
}

BOOST_FIXTURE_TEST_CASE(osc_plays_moves_and_receives_changes, Fixture) {
    play({"--osc", osc_port()});
    Phone phone(osc_port());
    phone.send("/timbrel/note", "ii", 69, 110);
    probe->play_and_record({}, 48000);
    BOOST_TEST(third_partial(std::span(probe->left).last(24000)) < -60);
    phone.send("/timbrel/xy", "ff", 1.0f, 0.0f);
    phone.send("/timbrel/param/level", "f", -6.0f);
    phone.send("/timbrel/param/latency", "f", 5.0f);
    phone.send("/timbrel/nonsense", "s", "text");
    probe->play_and_record({}, 48000);
    const auto sound = std::span(probe->left).last(24000);
    BOOST_TEST(std::fabs(third_partial(sound)) < 0.5);
    BOOST_TEST(std::fabs(db(fit_sinusoid(sound, 440).amplitude / 0.2) + 6.0) < 0.5);
    BOOST_TEST(phone.last_value("/timbrel/x") == 1.0f);
    BOOST_TEST(phone.last_value("/timbrel/param/level") == -6.0f);
}

BOOST_FIXTURE_TEST_CASE(a_recording_holds_every_sample, Fixture) {
    const std::string file = folder.file("recording.wav");
    play({"--record", file});
    probe->play_and_record(
        {{4800, {0x90, 69, 110}}, {24000, {0x80, 69, 0}}, {30000, {0x90, 62, 110}}, {50000, {0x80, 62, 0}}}, 96000);
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(5) == 0);
    const SoundFile recording(file);
    const size_t probe_start = onset(probe->left, 0.15f), recording_start = onset(recording.left, 0.15f);
    BOOST_REQUIRE(recording.left.size() > recording_start + 80000);
    for (size_t i = 0; i < 80000; ++i) {
        BOOST_REQUIRE(recording.left[recording_start + i] == probe->left[probe_start + i]);
        BOOST_REQUIRE(recording.right[recording_start + i] == probe->right[probe_start + i]);
    }

    // Rendering the same events gives the same samples; their frames are equal modulo the engine's tick.
    write_song(folder.file("song.mid"), {{100, 400, 69, 110}, {625, 417, 62, 110}});
    const Outcome rendered = run({TIMBREL, "render", bank, folder.file("song.mid"), "--x", "0", "--y", "0", "--float",
                                  "-o", folder.file("render.wav")});
    BOOST_TEST(rendered.status == 0, rendered.err);
    const SoundFile render(folder.file("render.wav"));
    const size_t start = onset(render.left, 0.15f);
    double max_difference = 0;
    for (size_t i = 0; i < 45000; ++i)
        max_difference =
            std::max(max_difference, std::fabs(double{render.left[start + i]} - recording.left[recording_start + i]));
    BOOST_TEST(max_difference < 1e-5);
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_ends_the_recording_readably, Fixture) {
    const std::string file = folder.file("recording.wav");
    player =
        std::make_unique<Child>(std::vector<std::string>{"sh", "-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"",
                                                         TIMBREL, "play", bank, "--record", file},
                                folder.file("player.log"));
    BOOST_TEST(wait_for_output(*player, "recording ends"), player->output());
    BOOST_TEST(player->alive());
    BOOST_TEST(SoundFile(file).left.size() > 20000u);
}

// So a killed player leaves a recording that opens.
BOOST_FIXTURE_TEST_CASE(a_recording_opens_while_it_grows, Fixture) {
    const std::string file = folder.file("take.wav");
    play({"--record", file});
    probe->play_and_record({{0, {0x90, 69, 110}}}, 4 * 48000);
    const SoundFile take(file);
    BOOST_TEST(take.left.size() > 2 * 48000u);
    const Sinusoid tone = fit_sinusoid(std::span(take.left).last(24000), 440);
    BOOST_TEST(std::fabs(db(tone.amplitude / 0.2)) < 0.5);
}

BOOST_FIXTURE_TEST_CASE(its_ports_say_what_they_are, Fixture) {
    play();
    const auto metadata = [&](const std::string& port, const char* key) {
        char *value = nullptr, *type = nullptr;
        jack_get_property(jack_port_uuid(jack_port_by_name(probe->client(), ("Timbrel:" + port).c_str())), key, &value,
                          &type);
        const std::string text = value ? value : "";
        jack_free(value);
        jack_free(type);
        return text;
    };
    const struct {
        const char *port, *name, *signal;
    } expected[] = {{"midi_in", "MIDI in", ""},
                    {"out_left", "Left", "AUDIO"},
                    {"out_right", "Right", "AUDIO"},
                    {"x", "X", "CV"},
                    {"y", "Y", "CV"}};
    for (const auto& [port, name, signal] : expected) {
        BOOST_TEST(metadata(port, JACK_METADATA_PRETTY_NAME) == name);
        BOOST_TEST(metadata(port, JACK_METADATA_SIGNAL_TYPE) == signal);
    }
    char* const id = jack_get_uuid_for_client_name(probe->client(), "Timbrel");
    jack_uuid_t client = 0;
    jack_uuid_parse(id, &client);
    jack_free(id);
    char *icon = nullptr, *type = nullptr;
    jack_get_property(client, JACK_METADATA_ICON_NAME, &icon, &type);
    BOOST_TEST(std::string(icon ? icon : "") == "timbrel");
    jack_free(icon);
    jack_free(type);
}

BOOST_FIXTURE_TEST_CASE(midi_sources_are_listed, Fixture) {
    const Outcome outcome = run({TIMBREL, "play", "--list-midi"});
    BOOST_TEST(outcome.status == 0, outcome.err);
    BOOST_TEST(outcome.out.find("probe:midi\n") != std::string::npos, outcome.out);
}

BOOST_FIXTURE_TEST_CASE(two_players_live_side_by_side, Fixture) {
    play();
    const Child second({TIMBREL, "play", bank}, folder.file("second.log"));
    BOOST_TEST(probe->wait_for("Timbrel-01:out_left"), second.output());
    probe->play_and_record({{0, {0x90, 69, 110}}}, 24000);
    BOOST_TEST(peak(probe->left) > 0.1);
}

BOOST_FIXTURE_TEST_CASE(the_connect_option_connects_ports, Fixture) {
    play({"--connect", "--midi", "probe:.*"});
    BOOST_TEST(wait_until_connected(*probe, "Timbrel:out_left", "system:playback_1"));
    BOOST_TEST(wait_until_connected(*probe, "Timbrel:out_right", "system:playback_2"));
    BOOST_TEST(wait_until_connected(*probe, "Timbrel:midi_in", "probe:midi"));
    // A source that was disconnected is connected again.
    jack_disconnect(probe->client(), "probe:midi", "Timbrel:midi_in");
    BOOST_TEST(wait_until_connected(*probe, "Timbrel:midi_in", "probe:midi"));
}

BOOST_FIXTURE_TEST_CASE(signals_end_it_cleanly, Fixture) {
    for (const int signal : {SIGINT, SIGTERM}) {
        play();
        player->signal(signal);
        BOOST_TEST(player->wait(5) == 0);
        BOOST_TEST(!jack_port_by_name(probe->client(), "Timbrel:out_left"));
    }
}

BOOST_FIXTURE_TEST_CASE(it_waits_for_a_server_that_comes_back, Fixture) {
    const auto set_seaboard_alias = [&] {
        jack_port_set_alias(jack_port_by_name(probe->client(), "probe:midi"), "Seaboard BLOCK");
    };
    set_seaboard_alias();
    play({"--connect", "--midi", "probe:.*"});
    BOOST_TEST(wait_for_output(*player, "MPE is on for probe:midi Seaboard"), player->output());
    probe.reset();
    server.stop();
    BOOST_TEST(wait_for_output(*player, "has gone"), player->output());
    const auto count_reconnections = [&] {
        const std::string metadata = player->output();
        int times = 0;
        for (size_t at = metadata.find("is back"); at != metadata.npos; at = metadata.find("is back", at + 1)) ++times;
        return times;
    };
    for (const int rate : {48000, 44100}) { // another rate needs a new plugin instance, with the same bank
        server.start(64, rate);
        BOOST_REQUIRE_MESSAGE(server.up(), server.log());
        for (int i = 0; i < 400 && count_reconnections() < (rate == 48000 ? 1 : 2); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        probe = std::make_unique<JackProbe>();
        set_seaboard_alias();
        BOOST_TEST(wait_until_connected(*probe, "Timbrel:midi_in", "probe:midi"));
        BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
        probe->play_and_record({}, 2 * static_cast<uint32_t>(rate)); // until MPE is configured
        // On a member channel a quarter of the bend range is an octave; the data entry must not change the zone.
        probe->play_and_record({{0, {0xb0, 6, 0}}, {1, {0xe1, 0, 80}}, {2, {0x91, 57, 110}}}, 48000);
        BOOST_TEST(std::fabs(cents(find_sinusoid(std::span(probe->left).last(24000), 440, rate).hertz, 440)) < 3.0);
        probe->play_and_record({{0, {0x81, 57, 0}}, {4800, {0x90, 69, 110}}}, 48000);
        const Sinusoid tone = find_sinusoid(std::span(probe->left).last(24000), 440, rate);
        BOOST_TEST(std::fabs(cents(tone.hertz, 440)) < 3.0);
        BOOST_TEST(std::fabs(db(tone.amplitude / 0.2)) < 0.5);
        probe.reset();
        server.stop();
    }
    player->signal(SIGTERM); // while no server runs
    BOOST_TEST(player->wait(5) == 0);
}

BOOST_FIXTURE_TEST_CASE(another_instrument_plays, Fixture) {
    // Timbrel's CV variant stands for another instrument; it gets its bank from a state.
    const std::string state = folder.file("state.ttl");
    std::ofstream(state) << "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                            "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                            "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                            "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                            "<> a pset:Preset ; lv2:appliesTo <urn:timbrel:morph-cv> ;\n"
                            "lv2:port [ lv2:symbol \"x\" ; pset:value 0.0 ] , [ lv2:symbol \"y\" ; pset:value 0.0 ] ;\n"
                            "state:state [ <urn:timbrel:bank> <tones.timbrel> ] .\n";
    player = std::make_unique<Child>(
        std::vector<std::string>{TIMBREL, "play", "--plugin", "urn:timbrel:morph-cv", "--state", state},
        folder.file("player.log"));
    wait_until_playing();
    BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
    BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
    probe->play_and_record({{4800, {0x90, 69, 110}}}, 48000);
    const double level = db(fit_sinusoid(std::span(probe->left).last(24000), 440).amplitude / 0.2);
    BOOST_TEST(std::fabs(level) < 0.5, level << " dB; " << player->output());
    BOOST_TEST(run({TIMBREL, "play", "--plugin", "urn:nothing"}).err.find("urn:nothing") != std::string::npos);
    BOOST_TEST(run({TIMBREL, "play", bank, "--plugin", "urn:timbrel:morph-cv"}).status == 2);
    BOOST_TEST(run({TIMBREL, "play", "--state", state, bank}).err.find("another plugin") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(third_party_instruments_play, Fixture) {
    const std::string path = std::getenv("LV2_PATH");
    setenv("LV2_PATH", (path + ":/usr/lib/lv2").c_str(), 1);
    const std::string name = "http://drobilla.net/plugins/mda/";
    if (run({"lv2ls"}).out.find(name) == std::string::npos) {
        BOOST_TEST_MESSAGE("mda-lv2 is not installed");
    } else {
        for (const char* instrument : {"EPiano", "Piano"}) {
            player.reset();
            player = std::make_unique<Child>(
                std::vector<std::string>{TIMBREL, "play", "--plugin", name + instrument, "--no-window"},
                folder.file("player.log"));
            BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player->output());
            BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
            BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
            probe->play_and_record({{10000, {0x90, 69, 110}}, {40000, {0x80, 69, 0}}}, 48000);
            BOOST_TEST(peak(std::span(probe->left).first(10000)) < 1e-3);
            const auto sound = std::span(probe->left).subspan(12000, 24000);
            BOOST_TEST(fit_sinusoid(sound, 440).amplitude > 0.02, instrument);
            BOOST_TEST(std::fabs(cents(find_sinusoid(sound, 440).hertz, 440)) < 5, instrument);
        }
    }
    setenv("LV2_PATH", path.c_str(), 1);
}

BOOST_AUTO_TEST_CASE(without_a_server_one_line_says_so) {
    setenv("JACK_DEFAULT_SERVER", "timbrel-nowhere", 1);
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    const Outcome outcome = run({TIMBREL, "play", folder.file("tones.timbrel")});
    BOOST_TEST(outcome.status == 1);
    BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
    BOOST_TEST(outcome.err.find("JACK server") != std::string::npos, outcome.err);
    BOOST_TEST(outcome.err.find("--driver dummy") != std::string::npos, outcome.err);
    BOOST_TEST(run({TIMBREL, "play", folder.file("none.timbrel")}).err.find("none.timbrel") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_dummy_driver_needs_no_server) {
    setenv("JACK_DEFAULT_SERVER", "timbrel-nowhere", 1);
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    const std::string recording = folder.file("recording.wav");
    Child player({TIMBREL, "play", folder.file("tones.timbrel"), "--driver", "dummy", "--osc", osc_port(), "--record",
                  recording, "--set", "x=0", "--set", "y=0", "--no-window"},
                 folder.file("log"));
    wait_for_output(player, "playing");
    lo::Address("127.0.0.1", osc_port()).send("/timbrel/note", "ii", 69, 110);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    player.signal(SIGINT);
    BOOST_TEST(player.wait(10) == 0);
    const SoundFile sound(recording);
    const size_t start = onset(sound.left, 0.15f);
    BOOST_REQUIRE_MESSAGE(sound.left.size() > start + 12000, player.output());
    BOOST_TEST(std::fabs(db(fit_sinusoid(std::span(sound.left).subspan(start, 12000), 440).amplitude / 0.2)) < 0.5);
    BOOST_TEST(run({TIMBREL, "play", "--driver", "alsa"}).status == 2);
}

BOOST_AUTO_TEST_CASE(the_player_ends_with_its_dummy_server) {
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    Child player({TIMBREL, "play", folder.file("tones.timbrel"), "--driver", "dummy", "--no-window"},
                 folder.file("log"));
    BOOST_REQUIRE_MESSAGE(wait_for_output(player, "playing"), player.output());
    kill(server_of(player), SIGKILL);
    BOOST_TEST(player.wait(10) == 1);
    BOOST_TEST(player.output().find("the jackd of --driver dummy has ended") != std::string::npos, player.output());
}

// JACK registers eight servers at most, and keeps those that are killed.
BOOST_AUTO_TEST_CASE(killed_dummy_servers_do_not_use_up_the_registry) {
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    for (int run = 0; run < 10; ++run) {
        Child player({TIMBREL, "play", folder.file("tones.timbrel"), "--driver", "dummy", "--no-window"},
                     folder.file("log"));
        BOOST_REQUIRE_MESSAGE(wait_for_output(player, "playing"), player.output());
        kill(server_of(player), SIGKILL);
        BOOST_TEST(player.wait(10) == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_dummy_server_that_hangs_does_not_block_the_player) {
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    const std::string jackd = folder.file("jackd");
    std::ofstream(jackd) << "#!/bin/sh\ntrap '' TERM INT\nwhile :; do sleep 0.1; done\n";
    std::filesystem::permissions(jackd, std::filesystem::perms::owner_all);
    Child player({"PATH=" + folder.file("") + ":" + std::getenv("PATH"), TIMBREL, "play", folder.file("tones.timbrel"),
                  "--driver", "dummy", "--no-window"},
                 folder.file("log"));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    player.signal(SIGINT);
    BOOST_TEST(player.wait(8) == 0, player.output()); // jackd is killed after three seconds
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
