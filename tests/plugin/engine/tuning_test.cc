// Tunings: Scala's files, and the MIDI Tuning Standard as it is heard.
#define BOOST_TEST_MODULE tuning
#include "plugin/engine/midi/scala.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

double hertz_of(double pitch) { return 440.0 * std::exp2((pitch - 69.0) / 12.0); }

// True to pitch: A4 is 440 Hz. Of the two stored notes the lower one sounds half as loud.
std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.pitches = {57, 69};
        bank.shape = {9600, 0, 9600};
        bank.sound = [](const CellSound& at) {
            return (at.pitch == 57 ? 0.1 : 0.2) * sine(hertz_of(at.pitch), at.frame);
        };
        return bank.open();
    }();
    return opened;
}

struct Files {
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.file(name), std::ios::binary) << text;
        return folder.file(name);
    }
    Tuning read(const std::string& scale, const std::string& map = "") const {
        return read_scala(write("a.scl", scale), map.empty() ? "" : write("a.kbm", map));
    }
    std::string complaint(const std::string& scale, const std::string& map = "") const {
        try {
            read(scale, map);
            return "";
        } catch (const TuningError& error) {
            return error.what();
        }
    }
    TemporaryFolder folder;
};

const std::string just = "! just.scl\n!\nFive-limit major\n 7\n!\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2/1\n";

void check_pitch(const Tuning& tuning, int key, double expected) {
    BOOST_TEST(std::abs(tuning.pitch[static_cast<size_t>(key)] - expected) < 1e-4,
               "key " << key << ": " << tuning.pitch[static_cast<size_t>(key)] << " for " << expected);
}

double ratio(double value) { return 12.0 * std::log2(value); }

struct Tuned : Player {
    Tuned() : Player(bank()) {}
    void check_sounds(double pitch, double amplitude = 0.2) {
        play(9600);
        const auto partial = find(std::span(left).last(4800), hertz_of(pitch));
        BOOST_TEST(std::abs(12 * std::log2(partial.hertz / hertz_of(pitch))) < 0.0005);
        BOOST_TEST(std::abs(partial.amplitude - amplitude) < 1e-3, partial.amplitude << " for " << amplitude);
    }
    void check_key(int key, double pitch, double amplitude = 0.2, int channel = 0) {
        send({0x90 | channel, key, 100});
        check_sounds(pitch, amplitude);
        send({0xb0 | channel, 120, 0});
        play(640);
    }
    // A system exclusive message, with F0 and F7 around it and, if asked, its checksum in front of F7.
    void exclusive(std::vector<int> data, bool with_checksum = false) {
        if (with_checksum) {
            int sum = 0;
            for (const int byte : data) sum ^= byte;
            data.push_back(sum);
        }
        std::vector<uint8_t> bytes{0xf0};
        bytes.insert(bytes.end(), data.begin(), data.end());
        bytes.push_back(0xf7);
        instrument.midi(0, bytes.data(), static_cast<uint32_t>(bytes.size()));
    }
    void choose_bank(int bank) { send({0xb0, 101, 0}), send({0xb0, 100, 4}), send({0xb0, 6, bank}); }
    void choose_program(int program, int channel = 0) {
        send({0xb0 | channel, 101, 0}), send({0xb0 | channel, 100, 3}), send({0xb0 | channel, 6, program});
    }
};

std::vector<int> bytes_of(double pitch) {
    const int all = static_cast<int>(std::lround(pitch * 16384));
    return {all >> 14, all >> 7 & 127, all & 127};
}

std::vector<int> joined(std::vector<int> first, const std::vector<int>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<int> bulk(std::vector<int> head, double stretch) {
    head.resize(head.size() + 16, 'n');
    for (int key = 0; key < 128; ++key) head = joined(std::move(head), bytes_of(60 + (key - 60) * stretch));
    return head;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_scale_alone_begins_at_middle_c, Files) {
    const Tuning tuning = read(just);
    check_pitch(tuning, 60, 60);
    check_pitch(tuning, 61, 60 + ratio(9.0 / 8));
    check_pitch(tuning, 64, 60 + ratio(3.0 / 2));
    check_pitch(tuning, 67, 72);
    check_pitch(tuning, 59, 48 + ratio(15.0 / 8));
    check_pitch(tuning, 53, 48);
}

BOOST_FIXTURE_TEST_CASE(notes_may_be_cents_ratios_whole_numbers_and_followed_by_text, Files) {
    const Tuning tuning = read("! with a comment\r\n\r\n 6\r\n! in between\r\n 100. cents\r\n-5.0\r\n\t3/2 a "
                               "fifth\r\n2\r\n1902.5\r\n.5 b\r\n");
    check_pitch(tuning, 61, 61);
    check_pitch(tuning, 62, 60 - 0.05);
    check_pitch(tuning, 63, 60 + ratio(1.5));
    check_pitch(tuning, 64, 72);
    check_pitch(tuning, 65, 60 + 19.025);
    check_pitch(tuning, 66, 60 + 0.005); // the period, however small
    check_pitch(read("x\n1\n3/1\n"), 62, 60 + 2 * ratio(3));
    check_pitch(read("x\n1\n4294967296/2147483648\n"), 61, 72);
}

BOOST_FIXTURE_TEST_CASE(a_map_chooses_keys_middle_and_reference, Files) {
    // White keys play the scale from D on, black ones nothing; A4 is at 432 Hz; the outer octaves are left alone.
    const Tuning tuning = read(just, "! white.kbm\n12\n24\n107\n62\n69\n432.0\n7\n0\nx\n1\n2\nx\n3\nx\n4\nx\n5\n6\n");
    const double d = 69 + 12 * std::log2(432.0 / 440.0) - ratio(3.0 / 2);
    check_pitch(tuning, 62, d);
    check_pitch(tuning, 64, d + ratio(9.0 / 8));
    check_pitch(tuning, 69, d + ratio(3.0 / 2));
    check_pitch(tuning, 74, d + 12);
    check_pitch(tuning, 60, d - 12 + ratio(15.0 / 8));
    for (const int key : {61, 63, 66, 68, 70, 73}) BOOST_TEST(!Tuning::sounds(tuning.pitch[static_cast<size_t>(key)]));
    for (const int key : {0, 23, 108, 127}) check_pitch(tuning, key, key);
}

BOOST_FIXTURE_TEST_CASE(a_linear_map_plays_every_note_in_turn, Files) {
    const Tuning tuning = read(just, "0\n0\n127\n69\n69\n415.3\n0\n");
    const double a = 69 + 12 * std::log2(415.3 / 440.0);
    check_pitch(tuning, 69, a);
    check_pitch(tuning, 70, a + ratio(9.0 / 8));
    check_pitch(tuning, 76, a + 12);
    check_pitch(tuning, 68, a - 12 + ratio(15.0 / 8));
}

BOOST_FIXTURE_TEST_CASE(the_octave_of_a_map_may_be_another_degree, Files) {
    const Tuning tuning = read(just, "2\n0\n127\n60\n60\n261.6255653\n4\n0\n9\n");
    check_pitch(tuning, 61, 60 + 12 + ratio(5.0 / 4)); // degree 9: an octave and a third
    check_pitch(tuning, 62, 60 + ratio(3.0 / 2));
    check_pitch(tuning, 58, 60 - ratio(3.0 / 2));
}

BOOST_FIXTURE_TEST_CASE(bad_files_are_refused_in_one_line_with_its_number, Files) {
    const std::pair<std::string, std::string> scales[] = {{"", "empty"},
                                                          {"x\n", "number of notes"},
                                                          {"x\nseven\n", "line 2"},
                                                          {"x\n0\n", "line 2"},
                                                          {"x\n-3\n", "line 2"},
                                                          {"x\n99999999999\n", "line 2"},
                                                          {"x\n2\n3/2\n", "ends"},
                                                          {"x\n1\nfifth\n", "line 3"},
                                                          {"x\n1\n3/0\n", "3/0"},
                                                          {"x\n1\n-3/2\n", "-3/2"},
                                                          {"x\n1\n0\n", "line 3"},
                                                          {"x\n1\n1.2.3\n", "1.2.3"},
                                                          {"x\n1\n1e9.\n", "line 3"},
                                                          {"x\n1\nnan.\n", "line 3"},
                                                          {"x\n1\n!\n\n", "line 4"},
                                                          {std::string("x\n1\n3/2\0\n", 8), "text file"},
                                                          {"x\n1\n" + std::string(2 << 20, '1'), "text file"}};
    for (const auto& [text, part] : scales) {
        const std::string said = complaint(text);
        BOOST_TEST(said.find("a.scl") != said.npos, said);
        BOOST_TEST(said.find(part) != said.npos, said << " lacks " << part);
        BOOST_TEST(said.find('\n') == said.npos);
    }
    for (const char* text :
         {"x\n", "12\n", "12\n0\n127\n60\n69\n", "12\n0\n128\n60\n69\n440\n12\n", "12\n0\n127\n60\n69\n0\n12\n",
          "12\n0\n127\n60\n69\nnan\n12\n", "1\n0\n127\n60\n60\n261\n7\nhigh\n", "1\n0\n127\n60\n60\n261\n7\n1000000\n",
          "2\n0\n127\n60\n61\n261\n7\n0\nx\n"}) { // the reference key is left out
        const std::string said = complaint(just, text);
        BOOST_TEST(said.find("a.kbm") != said.npos, text << ": " << said);
        BOOST_TEST(said.find('\n') == said.npos);
    }
    BOOST_CHECK_THROW(read_scala(folder.file("none.scl"), ""), TuningError);
    BOOST_CHECK_THROW(read_scala(folder.file(""), ""), TuningError);
}

BOOST_FIXTURE_TEST_CASE(a_tuning_is_heard_from_the_next_note_on, Tuned) {
    note_on(69);
    check_sounds(69);
    Tuning tuning = Tuning::equal();
    tuning.pitch[69] = 68.37f;
    tuning.pitch[70] = Tuning::silent;
    tuning.pitch[71] = 62.9f; // the lower stored note is the nearer one
    tuning.pitch[72] = 63.1f;
    instrument.set_tuning(tuning);
    check_sounds(69);
    send({0xb0, 120, 0});
    play(640);
    check_key(69, double{68.37f});
    note_on(70);
    play(640);
    BOOST_TEST(instrument.notices().voices == 0u);
    check_key(71, double{62.9f}, 0.1);
    check_key(72, double{63.1f}, 0.2);
    instrument.reset(); // stays
    check_key(69, double{68.37f});
}

BOOST_FIXTURE_TEST_CASE(portamento_and_legato_slide_between_tuned_pitches, Tuned) {
    Tuning tuning = Tuning::equal();
    tuning.pitch[69] = 68.5f;
    tuning.pitch[71] = 71.25f;
    instrument.set_tuning(tuning);
    set(Parameter::play_mode, 2);
    set(Parameter::portamento, 50);
    note_on(69);
    check_sounds(68.5);
    note_on(71);
    check_sounds(71.25);
    note_off(71);
    check_sounds(68.5);
}

BOOST_FIXTURE_TEST_CASE(a_single_note_change_in_real_time_moves_sounding_notes_smoothly, Tuned) {
    note_on(69);
    play(4800);
    const double step = largest_step(left), bend = largest_bend(left);
    exclusive(joined({0x7f, 0x7f, 8, 2, 0, 2, 69}, joined(bytes_of(70.5), {60, 127, 127, 127})));
    check_sounds(70.5);
    exclusive(joined({0x7f, 3, 8, 7, 0, 0, 1, 69}, bytes_of(69.25)));
    check_sounds(69.25);
    BOOST_TEST(largest_step(left) < 1.12 * step);
    BOOST_TEST(largest_bend(left) < 1.25 * bend);
    exclusive(joined({0x7f, 3, 8, 7, 1, 0, 1, 69}, bytes_of(60))); // another bank
    exclusive(joined({0x7f, 3, 8, 7, 0, 1, 1, 69}, bytes_of(60))); // another program
    exclusive(joined({0x7f, 3, 8, 2, 5, 1, 69}, bytes_of(60)));    // another program
    check_sounds(69.25);
    exclusive(joined({0x7e, 3, 8, 7, 0, 0, 1, 69}, bytes_of(67))); // waits for the next note
    check_sounds(69.25);
    check_key(69, 67);
    check_key(60, 60, 0.1);
}

BOOST_FIXTURE_TEST_CASE(dumps_fill_programs_that_channels_choose, Tuned) {
    exclusive(bulk({0x7e, 0, 8, 1, 3}, 0.5), true);
    check_key(70, 70);
    choose_program(3);
    check_key(70, 65);
    check_key(70, 70, 0.2, 1); // another channel
    exclusive(bulk({0x7e, 0, 8, 4, 0, 3}, 0.25), true);
    check_key(68, 62, 0.1);
    exclusive(bulk({0x7e, 0, 8, 4, 1, 3}, 0.75), true); // another bank
    exclusive(bulk({0x7e, 0, 8, 1, 3}, 0.75), false);   // without checksum
    auto wrong = bulk({0x7e, 0, 8, 1, 3}, 0.75);
    wrong.push_back(55);
    exclusive(wrong); // with a wrong one
    check_key(68, 62, 0.1);
    choose_bank(1);
    check_key(68, 62, 0.1); // until a program is chosen from it
    choose_program(0);
    check_key(68, 68);
    choose_program(3);
    check_key(72, 69);
    choose_bank(0);
    choose_program(0);
    check_key(68, 68);
    choose_program(3);
    send({0xb0, 121, 0}); // no controller
    check_key(68, 62, 0.1);
    instrument.reset();
    check_key(68, 68);
}

BOOST_FIXTURE_TEST_CASE(received_tunings_are_told_and_restored, Tuned) {
    BOOST_TEST(instrument.received_tunings().empty());
    exclusive(joined({0x7e, 0, 8, 7, 2, 9, 1, 69}, bytes_of(69.5)));
    play(64);
    auto received = instrument.received_tunings();
    BOOST_REQUIRE(received.size() == 1u);
    BOOST_TEST(received[0].number == 2 * 128 + 9);
    BOOST_TEST(received[0].tuning.pitch[69] == 69.5f);
    BOOST_TEST(received[0].tuning.pitch[70] == 70.0f);
    BOOST_TEST(instrument.notices().retunings == 1u);
    exclusive(joined({0x7e, 0, 8, 7, 0, 0, 1, 69}, bytes_of(68.5)));
    play(64);
    received = instrument.received_tunings();
    BOOST_TEST(received.size() == 2u);

    Tuned other;
    other.exclusive(joined({0x7e, 0, 8, 7, 2, 1, 1, 69}, bytes_of(60)));
    other.play(64);
    other.instrument.restore_tunings(received);
    BOOST_TEST(other.instrument.received_tunings().size() == 2u); // in place of the others
    other.check_key(69, 68.5);
    other.choose_bank(2), other.choose_program(9);
    other.check_key(69, 69.5);
    other.instrument.set_tuning(Tuning::equal());
    BOOST_TEST(other.instrument.received_tunings().size() == 1u); // as if MIDI had never told of program 0
    other.choose_bank(0), other.choose_program(0);
    other.check_key(69, 69);
    received.push_back({.number = 65535});
    other.instrument.restore_tunings(received);
    BOOST_TEST(other.instrument.received_tunings().size() == 2u);
    other.instrument.restore_tunings({});
    BOOST_TEST(other.instrument.received_tunings().size() == 1u); // program 0 stays
}

BOOST_FIXTURE_TEST_CASE(more_tunings_than_there_is_room_for_are_equal_temperament, Tuned) {
    for (int number = 1; number < 300; ++number) {
        exclusive(joined({0x7e, 0, 8, 7, number / 128, number % 128, 1, 69}, bytes_of(69.5)));
        play(64);
    }
    BOOST_TEST(instrument.received_tunings().size() == max_tunings - 1); // and the first, of which nobody told
    choose_bank(1), choose_program(127);
    check_key(69, 69.5);
    choose_bank(2), choose_program(0);
    check_key(69, 69);
    exclusive(joined({0x7e, 0, 8, 7, 0, 1, 1, 69}, bytes_of(68.5))); // one that has room
    choose_bank(0), choose_program(1);
    check_key(69, 68.5);
}

BOOST_FIXTURE_TEST_CASE(octave_tunings_with_one_and_two_bytes, Tuned) {
    std::vector<int> cents(12, 64), fine;
    cents[9] = 64 - 50; // A
    exclusive(joined({0x7e, 0, 8, 8, 3, 127, 127}, cents));
    check_key(69, 68.5);
    check_key(57, 56.5, 0.1);
    check_key(70, 70);
    for (int i = 0; i < 12; ++i) fine.insert(fine.end(), {i == 9 ? 96 : 64, 0});
    note_on(69);
    check_sounds(68.5);
    exclusive(joined({0x7f, 0, 8, 9, 0, 0, 1}, fine)); // channel 1, in real time
    check_sounds(69.5);
    send({0xb0, 120, 0});
    play(640);
    check_key(69, 68.5, 0.2, 1);
    exclusive(joined({0x7e, 0, 8, 8, 1, 0, 0}, std::vector<int>(12, 74))); // channel 15
    check_key(69, 69.1, 0.2, 14);
    check_key(69, 68.5, 0.2, 15);

    auto dump = std::vector<int>{0x7e, 0, 8, 5, 0, 7};
    dump.resize(dump.size() + 16, 'n');
    exclusive(joined(dump, cents), true);
    choose_program(7, 2);
    check_key(69, 68.0, 0.2, 2); // with the channel's own offset
    dump[3] = 6;
    exclusive(joined(dump, fine), true);
    check_key(69, 69.0, 0.2, 2);
}

BOOST_FIXTURE_TEST_CASE(broken_exclusive_messages_change_nothing, Tuned) {
    const auto whole = joined({0x7f, 0x7f, 8, 2, 0, 1, 69}, bytes_of(60));
    std::vector<uint8_t> bytes{0xf0};
    bytes.insert(bytes.end(), whole.begin(), whole.end());
    bytes.push_back(0xf7);
    for (uint32_t size = 0; size < bytes.size(); ++size) instrument.midi(0, bytes.data(), size); // truncated
    for (size_t i = 1; i + 1 < bytes.size(); ++i) {
        auto damaged = bytes;
        damaged[i] = 0xf8;
        instrument.midi(0, damaged.data(), static_cast<uint32_t>(damaged.size()));
    }
    exclusive({0x7f, 0x7f, 8, 2, 0, 2, 69, 60, 0, 0}); // fewer notes than promised
    exclusive({0x7f, 0x7f, 8, 2, 0, 0}), exclusive({0x7f, 0x7f, 8, 2}), exclusive({0x7f, 0x7f, 8, 8, 127});
    exclusive({0x7f, 0x7f, 8, 99, 1, 2, 3}), exclusive({0x7e, 0x7f, 9, 1}), exclusive({});
    for (const size_t size : {511u, 512u, 513u, 100000u}) {
        std::vector<int> huge = whole;
        huge.resize(size - 2, 0x11);
        exclusive(huge);
    }
    check_key(69, 69);
    const auto lost = instrument.notices().lost_events;
    for (int i = 0; i < 100; ++i) exclusive(bulk({0x7e, 0, 8, 1, 3}, 0.5), true); // more than a block takes
    play(64);
    BOOST_TEST(instrument.notices().lost_events == lost + 80u);
    check_key(69, 69);
}
