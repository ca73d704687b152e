// SPDX-License-Identifier: GPL-3.0-or-later
// Tempo-synchronised modulation follows JACK's transport and the tempo of a MIDI file.
#define BOOST_TEST_MODULE transport
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace timbrel::test;

namespace {

constexpr uint32_t hop = 400, window = 2000; // frames; all expected periods are multiples of the hop

// The period, in frames, of the third partial's amplitude of A4, by the average magnitude difference function;
// 8000–60000. 0 if there is none.
uint32_t repetition_period(std::span<const float> sound) {
    std::vector<double> amplitudes;
    for (size_t at = 0; at + window <= sound.size(); at += hop)
        amplitudes.push_back(fit_sinusoid(sound.subspan(at, window), 1320).amplitude);
    const double range = *std::ranges::max_element(amplitudes) - *std::ranges::min_element(amplitudes);
    BOOST_TEST(range > 0.05);
    // Takes the shortest matching lag, because its multiples match as well.
    for (size_t lag = 8000 / hop; lag <= 60000 / hop && 2 * lag < amplitudes.size(); ++lag) {
        double difference = 0;
        for (size_t i = 0; i + lag < amplitudes.size(); ++i)
            difference += std::fabs(amplitudes[i + lag] - amplitudes[i]);
        if (difference / static_cast<double>(amplitudes.size() - lag) < 0.02 * range)
            return static_cast<uint32_t>(lag) * hop;
    }
    return 0;
}

// JACK timebase master with a constant tempo in 4/4.
struct TimebaseMaster {
    explicit TimebaseMaster(jack_client_t* jack) : client(jack) {
        jack_set_timebase_callback(
            client, 0,
            [](jack_transport_state_t, jack_nframes_t, jack_position_t* at, int, void* self) {
                const double tempo = static_cast<TimebaseMaster*>(self)->beats_per_minute;
                const double beats = at->frame * tempo / at->frame_rate / 60;
                at->valid = JackPositionBBT;
                at->beats_per_bar = at->beat_type = 4;
                at->ticks_per_beat = 1920;
                at->beats_per_minute = tempo;
                at->bar = 1 + static_cast<int32_t>(beats / 4);
                at->beat = 1 + static_cast<int32_t>(beats) % 4;
                at->tick = static_cast<int32_t>((beats - std::floor(beats)) * 1920);
                at->bar_start_tick = (at->bar - 1) * 4 * 1920;
            },
            this);
        jack_transport_locate(client, 0);
        jack_transport_start(client);
    }
    ~TimebaseMaster() { jack_transport_stop(client); }
    jack_client_t* client;
    std::atomic<double> beats_per_minute{120};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_orbit_keeps_jacks_tempo, PlayerFixture) {
    play({"--set", "x=0.5", "--set", "y=0.5", "--set", "orbit_reach=100", "--set",
          "orbit_sync=3"}); // one beat per orbit
    TimebaseMaster master(probe->client());
    probe->play_and_record({{0, {0x90, 69, 110}}}, 24000);
    for (const double tempo : {120.0, 90.0, 150.0}) {
        master.beats_per_minute = tempo;
        probe->play_and_record({}, 24000);
        probe->play_and_record({}, 200000);
        const double beat = 48000 * 60 / tempo;
        BOOST_TEST(std::fabs(repetition_period(probe->left) - beat) <= hop,
                   tempo << " beats a minute: " << repetition_period(probe->left));
    }
}

BOOST_FIXTURE_TEST_CASE(a_gesture_is_recorded_and_repeated_in_jacks_tempo, PlayerFixture) {
    play({"--osc", osc_port(), "--set", "gesture_sync=4", "--set", "glide=1"}); // two beats per repetition
    Phone phone(osc_port());
    TimebaseMaster master(probe->client());
    phone.send("/timbrel/param/gesture", "f", 1.0f);
    probe->play_and_record({}, 9600);
    std::vector<JackProbe::Event> moves{{0, {0x90, 69, 110}}};
    for (uint32_t i = 0; i < 60; ++i) // to the east and back within two beats at 120 bpm
        moves.push_back(
            {1 + i * 2400, {0xb0, 16, static_cast<uint8_t>(i % 20 < 10 ? 12 * (i % 20) : 12 * (20 - i % 20))}});
    probe->play_and_record(moves, 144000);
    phone.send("/timbrel/param/gesture", "f", 2.0f);
    for (const double tempo : {120.0, 160.0}) {
        master.beats_per_minute = tempo;
        probe->play_and_record({}, 48000);
        probe->play_and_record({}, 200000);
        const double round = 2 * 48000 * 60 / tempo;
        BOOST_TEST(std::fabs(repetition_period(probe->left) - round) <= hop,
                   tempo << " beats a minute: " << repetition_period(probe->left));
    }
}

BOOST_AUTO_TEST_CASE(render_keeps_the_songs_tempo) {
    const TemporaryFolder folder;
    write_tone_bank(folder.file("tones.timbrel"));
    // 60 bpm for eight seconds, then 120 bpm.
    write_track(folder.file("song.mid"),
                std::string("\x00\x90\x45\x6e\xbe\x40\xff\x51\x03\x07\xa1\x20\xfa\x00\x80\x45\x00", 17));
    const Outcome outcome =
        run({TIMBREL, "render", folder.file("tones.timbrel"), folder.file("song.mid"), "-o", folder.file("out.wav"),
             "--float", "--set", "orbit_reach=100", "--set", "orbit_sync=3"});
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    const SoundFile sound(folder.file("out.wav"));
    BOOST_TEST(std::fabs(repetition_period(sound.part(0.5, 7)) - 48000.0) <= hop);
    BOOST_TEST(std::fabs(repetition_period(sound.part(8.5, 6)) - 24000.0) <= hop);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
