// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of Standard MIDI Files: formats, tempo maps, packets, lengths and damage.
#define BOOST_TEST_MODULE midi_file
#include <boost/test/unit_test.hpp>

#include "common/error.h"
#include "host/render/midi_file.h"

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

#include <unistd.h>

using namespace timbrel;
using namespace timbrel::host;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text;
}

std::string number(size_t value, int size) {
    std::string text;
    for (int i = size; i-- > 0;) text += static_cast<char>(value >> 8 * i & 0xff);
    return text;
}

std::string chunk(const std::string& name, const std::string& body) { return name + number(body.size(), 4) + body; }

std::string header(int format, size_t tracks, size_t division = 480) {
    return chunk("MThd", number(static_cast<size_t>(format), 2) + number(tracks, 2) + number(division, 2));
}

const std::string end = bytes({0, 0xff, 0x2f, 0});
std::string track(const std::string& events) { return chunk("MTrk", events + end); }

Song parse(const std::string& file) { return parse_song(std::as_bytes(std::span(file)), "x.mid"); }
Song parse_one(const std::string& events) { return parse(header(0, 1) + track(events)); }

std::string text_of(const SongEvent& event) {
    std::string text;
    for (const std::byte byte : event.bytes) text += static_cast<char>(byte);
    return text;
}

void check_events(const Song& song, const std::vector<std::pair<double, std::string>>& expected) {
    BOOST_REQUIRE(song.events.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(song.events[i].seconds == expected[i].first, boost::test_tools::tolerance(1e-9));
        BOOST_TEST((text_of(song.events[i]) == expected[i].second), "event " << i);
    }
}

const std::string on = bytes({0x90, 60, 100}), off = bytes({0x80, 60, 0});

void check_refused(const std::string& file, const std::string& reason) {
    BOOST_CHECK_EXCEPTION(parse(file), Error, [&](const Error& error) {
        BOOST_TEST(std::string(error.what()).find(reason) != std::string::npos, error.what());
        return true;
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(a_tempo_map_holds_for_all_tracks) {
    // 60 beats a minute from the second beat, 3/8 from the third, on one track; notes on the other.
    const std::string tempi =
        bytes({0x83, 0x60, 0xff, 0x51, 3, 0x0f, 0x42, 0x40}) + bytes({0x83, 0x60, 0xff, 0x58, 4, 3, 3, 24, 8});
    const Song song = parse(header(1, 2) + track(tempi) + track(bytes({0}) + on + bytes({0x8f, 0x00}) + off));
    check_events(song, {{0, on}, {0.5 + 3, off}}); // 1920 ticks: four beats
    BOOST_REQUIRE(song.tempi.size() == 3u);
    BOOST_TEST(song.tempi[1].seconds == 0.5);
    BOOST_TEST(song.tempi[1].beats_per_minute == 60.0);
    BOOST_TEST(song.tempi[1].beats_per_bar == 4.0f);
    BOOST_TEST(song.tempi[2].seconds == 1.5);
    BOOST_TEST(song.tempi[2].beat == 2.0);
    BOOST_TEST(song.tempi[2].beats_per_bar == 1.5f);
    BOOST_TEST(song.seconds == 3.5);
    BOOST_TEST(song.damage == "");
}

BOOST_AUTO_TEST_CASE(patterns_of_format_2_follow_each_other) {
    const std::string slow = bytes({0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40});
    const std::string note = bytes({0}) + on + bytes({0x83, 0x60}) + off;
    check_events(parse(header(2, 2) + track(slow + note) + track(note)),
                 {{0, on}, {1, off}, {1, on}, {1.5, off}}); // the second at the default tempo
}

BOOST_AUTO_TEST_CASE(smpte_time_has_frames_and_ticks) {
    const std::string note = bytes({0}) + on + bytes({0x87, 0x68}) + off; // 1000 ticks
    for (const auto& [division, seconds] : {std::pair(0xe850, 1000 / (24 * 80.0)),
                                            {0xe728, 1.0},
                                            {0xe350, 1000 / (30000 / 1001.0 * 80)},
                                            {0xe20a, 1000 / 300.0}}) {
        const Song song = parse(header(0, 1, static_cast<size_t>(division)) + track(note));
        check_events(song, {{0, on}, {seconds, off}});
        BOOST_TEST(song.tempi.empty());
    }
    check_refused(header(0, 1, 0xe700) + track(note), "x.mid: no time base: its header gives 0 ticks for each frame");
}

BOOST_AUTO_TEST_CASE(headers_may_be_longer_and_chunks_foreign) {
    const std::string body = bytes({0}) + on + bytes({0}) + off;
    const std::string long_header = chunk("MThd", number(0, 2) + number(1, 2) + number(480, 2) + "more");
    check_events(parse(long_header + chunk("XFIH", "MTrk") + track(body) + chunk("XFKM", "abc")), {{0, on}, {0, off}});
    check_refused(chunk("MThd", number(0, 4)) + track(body), "header is cut short");
    check_refused("MTh", "not a Standard MIDI File");
    check_refused("", "not a Standard MIDI File");
}

BOOST_AUTO_TEST_CASE(rmid_files_contain_a_midi_file) {
    const std::string file = header(0, 1) + track(bytes({0}) + on);
    const std::string info = std::string("INFO") + bytes({3, 0, 0, 0}) + "abc" + bytes({0}); // padded to an even size
    const std::string data = std::string("data") + bytes({static_cast<int>(file.size()), 0, 0, 0}) + file;
    check_events(parse("RIFF" + bytes({99, 0, 0, 0}) + "RMID" + info + data), {{0, on}});
    check_refused("RIFF" + bytes({99, 0, 0, 0}) + "RMID" + info, "not a Standard MIDI File");
}

BOOST_AUTO_TEST_CASE(system_exclusives_are_joined_and_escapes_unpacked) {
    const Song song =
        parse_one(bytes({0, 0xf0, 2, 1, 2, 0, 0xf7, 2, 0xf8, 3, 0x83, 0x60, 0xf7, 2, 4, 0xf7}) + bytes({0, 0xf7, 8}) +
                  on + bytes({0xf0, 5, 0xf7}) + bytes({0xf8, 0xc0}) + bytes({0}) + on);
    check_events(song, {{0.5, bytes({0xf0, 1, 2, 3, 4, 0xf7})},
                        {0.5, on},
                        {0.5, bytes({0xf0, 5, 0xf7})},
                        {0.5, bytes({0xf8})},
                        {0.5, on}});
    BOOST_TEST(song.damage == "");
    // The next message ends an unfinished one.
    const Song unfinished = parse_one(bytes({0, 0xf0, 2, 1, 2, 0}) + on);
    check_events(unfinished, {{0, bytes({0xf0, 1, 2, 0xf7})}, {0, on}});
    BOOST_TEST(unfinished.damage == "a system exclusive without its end");
    // So does a status byte inside an escape, a continuation or the event itself; its own message is kept.
    for (const std::string& interrupted :
         {bytes({0, 0xf7, 6, 0xf0, 1, 2}) + on, bytes({0, 0xf0, 1, 1, 0, 0xf7, 4, 2}) + on,
          bytes({0, 0xf0, 5, 1, 2}) + on}) {
        const Song song = parse_one(interrupted);
        check_events(song, {{0, bytes({0xf0, 1, 2, 0xf7})}, {0, on}});
        BOOST_TEST(song.damage == "a system exclusive without its end");
    }
}

BOOST_AUTO_TEST_CASE(times_may_be_padded_but_not_overlong) {
    check_events(parse_one(bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0x83, 0x60}) + on), {{0.5, on}});
    const Song song = parse_one(bytes({0}) + on + bytes({0x91, 0x80, 0x80, 0x80, 0}) + off);
    check_events(song, {{0, on}});
    BOOST_TEST(song.damage == "a time of more than 28 bits");
}

BOOST_AUTO_TEST_CASE(damaged_tracks_are_read_to_the_damage_and_others_to_the_end) {
    const std::string good = track(bytes({0}) + bytes({0x91, 64, 100}));
    const std::pair<std::string, const char*> faults[] = {{bytes({0, 60, 100}), "an event without a status byte"},
                                                          {bytes({0, 0x90, 60, 200}), "a data byte above 127"},
                                                          {bytes({0, 0xff, 1, 100, 'a'}), "a track that breaks off"},
                                                          {bytes({0, 0xf0, 100, 1}), "a track that breaks off"}};
    for (const auto& [fault, message] : faults) {
        const std::string before = fault[1] == 60 ? bytes({0, 0xff, 1, 0}) : bytes({0}) + on;
        const Song song = parse(header(1, 2) + track(before + fault) + good);
        BOOST_TEST(song.damage == message);
        BOOST_TEST(text_of(song.events.back()) == bytes({0x91, 64, 100}));
        BOOST_TEST(song.events.size() == (fault[1] == 60 ? 1u : 2u));
    }
    check_refused(header(0, 1) + track(bytes({0, 60, 100})), "damaged: an event without a status byte; nothing");
}

BOOST_AUTO_TEST_CASE(wrong_lengths_and_missing_tracks_are_reported) {
    const std::string body = bytes({0}) + on + bytes({0}) + off + end;
    const std::string second = track(bytes({0}) + bytes({0x91, 64, 100}));
    for (const size_t length : {size_t{0}, size_t{1}, size_t{4}, body.size() + 3, size_t{0xffffffff}}) {
        const Song song = parse(header(1, 2) + "MTrk" + number(length, 4) + body + second);
        BOOST_TEST(song.events.size() == 3u, "length " << length);
        BOOST_TEST(song.damage == "a track of wrong length", "length " << length);
    }
    const std::string file = header(1, 2) + chunk("MTrk", body) + second;
    BOOST_TEST(parse(file).damage == "");
    BOOST_TEST(parse(header(1, 3) + chunk("MTrk", body) + second).damage == "1 of 3 tracks missing");
    // A file cut anywhere behind its first event is read up to there.
    for (size_t size = 22 + 4; size < file.size(); ++size) {
        const Song song = parse(file.substr(0, size));
        BOOST_TEST(!song.damage.empty(), "size " << size);
        BOOST_TEST(song.events.size() == (size < 22 + 8 ? 1u : size < file.size() - 4 ? 2u : 3u), "size " << size);
    }
    BOOST_TEST(parse(file + "some bytes").damage == "");
}

BOOST_AUTO_TEST_CASE(ends_of_notes_come_before_their_repetition) {
    const std::string zero = bytes({0}), pedal = bytes({0xb0, 64, 127}), other = bytes({0x90, 62, 100});
    // The end of the earlier note moves before the new one, but not before the pedal; the second ends the new one.
    check_events(
        parse_one(zero + on + bytes({0x83, 0x60}) + pedal + zero + other + zero + on + zero + off + zero + off),
        {{0, on}, {0.5, pedal}, {0.5, other}, {0.5, off}, {0.5, on}, {0.5, off}});
    // A note without length stays one.
    check_events(parse_one(zero + on + zero + off + zero + on), {{0, on}, {0, off}, {0, on}});
}

BOOST_AUTO_TEST_CASE(songs_of_absurd_length_are_refused) {
    const std::string wait = bytes({0xff, 0xff, 0xff, 0x7f});
    check_refused(header(0, 1, 1) + track(bytes({0}) + on + wait + off), "x.mid: lasts 37283 hours; songs may last 24");
    // 24 hours at 480 ticks and 120 beats a minute are 82944000 ticks.
    const auto lasting = [](size_t ticks) {
        std::string time = bytes({static_cast<int>(ticks & 0x7f)});
        while (ticks >>= 7) time = bytes({static_cast<int>(0x80 | (ticks & 0x7f))}) + time;
        return parse_one(bytes({0}) + on + time + off).seconds;
    };
    BOOST_TEST(lasting(82944000) == max_song_hours * 3600);
    BOOST_CHECK_THROW(lasting(82944100), Error);
}

BOOST_AUTO_TEST_CASE(files_larger_than_the_limit_are_refused) {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("timbrel-" + std::to_string(getpid()))).string();
    std::ofstream(path) << header(0, 1) + track(bytes({0}) + on);
    BOOST_TEST(read_song(path).events.size() == 1u);
    std::filesystem::resize_file(path, (64u << 20) + 1);
    BOOST_CHECK_EXCEPTION(read_song(path), Error, [](const Error& error) {
        return std::string(error.what()).ends_with(": larger than 64 MiB, the most that is read; split the song");
    });
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(impossible_tempi_and_metres_are_left_out) {
    const Song song =
        parse_one(bytes({0, 0xff, 0x51, 3, 0, 0, 0, 0, 0xff, 0x58, 4, 0, 200, 0, 0, 0, 0xff, 0x51, 1, 7}) +
                  bytes({0x83, 0x60}) + on);
    check_events(song, {{0.5, on}});
    BOOST_TEST(song.damage == "a tempo of 0");
    BOOST_TEST(song.tempi.size() == 1u);
}
