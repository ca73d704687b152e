// SPDX-License-Identifier: GPL-3.0-or-later
// Tunings: Scala files, and the MIDI Tuning Standard as measured in the sound.
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

double midi_to_hz(double pitch) { return 440.0 * std::exp2((pitch - 69.0) / 12.0); }

// Two stored notes in tune, A4 = 440 Hz. The lower one has half the amplitude of the higher one.
std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.pitches = {57, 69};
        bank.shape = {9600, 0, 9600};
        bank.sound = [](const SamplePosition& at) {
            return (at.pitch == 57 ? 0.1 : 0.2) * sine(midi_to_hz(at.pitch), at.frame);
        };
        return bank.open();
    }();
    return opened;
}

struct ScalaFiles {
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.file(name), std::ios::binary) << text;
        return folder.file(name);
    }
    Tuning read_tuning(const std::string& scale, const std::string& map = "") const {
        return read_scala(write("a.scl", scale), map.empty() ? "" : write("a.kbm", map));
    }
    std::string error_message(const std::string& scale, const std::string& map = "") const {
        try {
            read_tuning(scale, map);
            return "";
        } catch (const TuningError& error) {
            return error.what();
        }
    }
    TemporaryFolder folder;
};

const std::string just = "! just.scl\n!\nFive-limit major\n 7\n!\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2/1\n";

void check_key_pitch(const Tuning& tuning, int key, double expected) {
    BOOST_TEST(std::abs(tuning.pitch[static_cast<size_t>(key)] - expected) < 1e-4,
               "key " << key << ": " << tuning.pitch[static_cast<size_t>(key)] << " for " << expected);
}

double ratio(double value) { return 12.0 * std::log2(value); }

struct TunedPlayer : Player {
    TunedPlayer() : Player(bank()) {}
    void check_pitch_and_level(double pitch, double amplitude = 0.2) {
        play(9600);
        const auto partial = find_sinusoid(std::span(left).last(4800), midi_to_hz(pitch));
        BOOST_TEST(std::abs(12 * std::log2(partial.hertz / midi_to_hz(pitch))) < 0.0005);
        BOOST_TEST(std::abs(partial.amplitude - amplitude) < 1e-3, partial.amplitude << " for " << amplitude);
    }
    void check_key(int key, double pitch, double amplitude = 0.2, int channel = 0) {
        send({0x90 | channel, key, 100});
        check_pitch_and_level(pitch, amplitude);
        send({0xb0 | channel, 120, 0});
        play(640);
    }
    // Sends `data` between F0 and F7, optionally with its checksum before F7.
    void send_sysex(std::vector<int> data, bool with_checksum = false) {
        if (with_checksum) {
            int sum = 0;
            for (const int byte : data) sum ^= byte;
            data.push_back(sum);
        }
        std::vector<uint8_t> bytes{0xf0};
        bytes.insert(bytes.end(), data.begin(), data.end());
        bytes.push_back(0xf7);
        synth.midi(0, bytes.data(), static_cast<uint32_t>(bytes.size()));
    }
    void select_tuning_bank(int bank) { send({0xb0, 101, 0}), send({0xb0, 100, 4}), send({0xb0, 6, bank}); }
    void select_tuning_program(int program, int channel = 0) {
        send({0xb0 | channel, 101, 0}), send({0xb0 | channel, 100, 3}), send({0xb0 | channel, 6, program});
    }
};

std::vector<int> pitch_bytes(double pitch) {
    const int value = static_cast<int>(std::lround(pitch * 16384));
    return {value >> 14, value >> 7 & 127, value & 127};
}

std::vector<int> joined(std::vector<int> first, const std::vector<int>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<int> bulk_dump(std::vector<int> head, double step_size) {
    head.resize(head.size() + 16, 'n');
    for (int key = 0; key < 128; ++key) head = joined(std::move(head), pitch_bytes(60 + (key - 60) * step_size));
    return head;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_scale_without_a_map_starts_at_middle_c, ScalaFiles) {
    const Tuning tuning = read_tuning(just);
    check_key_pitch(tuning, 60, 60);
    check_key_pitch(tuning, 61, 60 + ratio(9.0 / 8));
    check_key_pitch(tuning, 64, 60 + ratio(3.0 / 2));
    check_key_pitch(tuning, 67, 72);
    check_key_pitch(tuning, 59, 48 + ratio(15.0 / 8));
    check_key_pitch(tuning, 53, 48);
}

BOOST_FIXTURE_TEST_CASE(scale_notes_may_be_cents_ratios_or_integers_followed_by_text, ScalaFiles) {
    const Tuning tuning = read_tuning("! with a comment\r\n\r\n 6\r\n! in between\r\n 100. cents\r\n-5.0\r\n\t3/2 a "
                                      "fifth\r\n2\r\n1902.5\r\n.5 b\r\n");
    check_key_pitch(tuning, 61, 61);
    check_key_pitch(tuning, 62, 60 - 0.05);
    check_key_pitch(tuning, 63, 60 + ratio(1.5));
    check_key_pitch(tuning, 64, 72);
    check_key_pitch(tuning, 65, 60 + 19.025);
    check_key_pitch(tuning, 66, 60 + 0.005); // the period, which may be small
    check_key_pitch(read_tuning("x\n1\n3/1\n"), 62, 60 + 2 * ratio(3));
    check_key_pitch(read_tuning("x\n1\n4294967296/2147483648\n"), 61, 72);
}

BOOST_FIXTURE_TEST_CASE(a_map_sets_keys_middle_and_reference, ScalaFiles) {
    // White keys play the scale from D on, black keys are silent; A4 is 432 Hz; keys outside 24 to 107 are unchanged.
    const Tuning tuning =
        read_tuning(just, "! white.kbm\n12\n24\n107\n62\n69\n432.0\n7\n0\nx\n1\n2\nx\n3\nx\n4\nx\n5\n6\n");
    const double d = 69 + 12 * std::log2(432.0 / 440.0) - ratio(3.0 / 2);
    check_key_pitch(tuning, 62, d);
    check_key_pitch(tuning, 64, d + ratio(9.0 / 8));
    check_key_pitch(tuning, 69, d + ratio(3.0 / 2));
    check_key_pitch(tuning, 74, d + 12);
    check_key_pitch(tuning, 60, d - 12 + ratio(15.0 / 8));
    for (const int key : {61, 63, 66, 68, 70, 73}) BOOST_TEST(!Tuning::sounds(tuning.pitch[static_cast<size_t>(key)]));
    for (const int key : {0, 23, 108, 127}) check_key_pitch(tuning, key, key);
}

BOOST_FIXTURE_TEST_CASE(a_linear_map_assigns_consecutive_degrees, ScalaFiles) {
    const Tuning tuning = read_tuning(just, "0\n0\n127\n69\n69\n415.3\n0\n");
    const double a = 69 + 12 * std::log2(415.3 / 440.0);
    check_key_pitch(tuning, 69, a);
    check_key_pitch(tuning, 70, a + ratio(9.0 / 8));
    check_key_pitch(tuning, 76, a + 12);
    check_key_pitch(tuning, 68, a - 12 + ratio(15.0 / 8));
}

BOOST_FIXTURE_TEST_CASE(the_octave_of_a_map_may_be_another_degree, ScalaFiles) {
    const Tuning tuning = read_tuning(just, "2\n0\n127\n60\n60\n261.6255653\n4\n0\n9\n");
    check_key_pitch(tuning, 61, 60 + 12 + ratio(5.0 / 4)); // degree 9: an octave and a third
    check_key_pitch(tuning, 62, 60 + ratio(3.0 / 2));
    check_key_pitch(tuning, 58, 60 - ratio(3.0 / 2));
}

BOOST_FIXTURE_TEST_CASE(invalid_files_are_refused_with_the_line_number, ScalaFiles) {
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
        const std::string message = error_message(text);
        BOOST_TEST(message.find("a.scl") != message.npos, message);
        BOOST_TEST(message.find(part) != message.npos, message << " lacks " << part);
        BOOST_TEST(message.find('\n') == message.npos);
    }
    for (const char* text :
         {"x\n", "12\n", "12\n0\n127\n60\n69\n", "12\n0\n128\n60\n69\n440\n12\n", "12\n0\n127\n60\n69\n0\n12\n",
          "12\n0\n127\n60\n69\nnan\n12\n", "1\n0\n127\n60\n60\n261\n7\nhigh\n", "1\n0\n127\n60\n60\n261\n7\n1000000\n",
          "2\n0\n127\n60\n61\n261\n7\n0\nx\n"}) { // the reference key is not mapped
        const std::string message = error_message(just, text);
        BOOST_TEST(message.find("a.kbm") != message.npos, text << ": " << message);
        BOOST_TEST(message.find('\n') == message.npos);
    }
    BOOST_CHECK_THROW(read_scala(folder.file("none.scl"), ""), TuningError);
    BOOST_CHECK_THROW(read_scala(folder.file(""), ""), TuningError);
}

BOOST_FIXTURE_TEST_CASE(a_tuning_applies_from_the_next_note_on, TunedPlayer) {
    note_on(69);
    check_pitch_and_level(69);
    Tuning tuning = Tuning::equal();
    tuning.pitch[69] = 68.37f;
    tuning.pitch[70] = Tuning::silent;
    tuning.pitch[71] = 62.9f; // nearest to the lower stored note
    tuning.pitch[72] = 63.1f;
    synth.set_tuning(tuning);
    check_pitch_and_level(69);
    send({0xb0, 120, 0});
    play(640);
    check_key(69, double{68.37f});
    note_on(70);
    play(640);
    BOOST_TEST(synth.status().voices == 0u);
    check_key(71, double{62.9f}, 0.1);
    check_key(72, double{63.1f}, 0.2);
    synth.reset(); // reset keeps the tuning
    check_key(69, double{68.37f});
}

BOOST_FIXTURE_TEST_CASE(portamento_and_legato_slide_between_tuned_pitches, TunedPlayer) {
    Tuning tuning = Tuning::equal();
    tuning.pitch[69] = 68.5f;
    tuning.pitch[71] = 71.25f;
    synth.set_tuning(tuning);
    set(Parameter::play_mode, 2);
    set(Parameter::portamento, 50);
    note_on(69);
    check_pitch_and_level(68.5);
    note_on(71);
    check_pitch_and_level(71.25);
    note_off(71);
    check_pitch_and_level(68.5);
}

BOOST_FIXTURE_TEST_CASE(real_time_single_note_changes_glide_sounding_notes, TunedPlayer) {
    note_on(69);
    play(4800);
    const double step = largest_step(left), bend = largest_second_difference(left);
    send_sysex(joined({0x7f, 0x7f, 8, 2, 0, 2, 69}, joined(pitch_bytes(70.5), {60, 127, 127, 127})));
    check_pitch_and_level(70.5);
    send_sysex(joined({0x7f, 3, 8, 7, 0, 0, 1, 69}, pitch_bytes(69.25)));
    check_pitch_and_level(69.25);
    BOOST_TEST(largest_step(left) < 1.12 * step);
    BOOST_TEST(largest_second_difference(left) < 1.25 * bend);
    send_sysex(joined({0x7f, 3, 8, 7, 1, 0, 1, 69}, pitch_bytes(60))); // another bank
    send_sysex(joined({0x7f, 3, 8, 7, 0, 1, 1, 69}, pitch_bytes(60))); // another program
    send_sysex(joined({0x7f, 3, 8, 2, 5, 1, 69}, pitch_bytes(60)));    // another program
    check_pitch_and_level(69.25);
    send_sysex(joined({0x7e, 3, 8, 7, 0, 0, 1, 69}, pitch_bytes(67))); // not in real time: applies to the next note
    check_pitch_and_level(69.25);
    check_key(69, 67);
    check_key(60, 60, 0.1);
}

BOOST_FIXTURE_TEST_CASE(bulk_dumps_fill_tuning_programs, TunedPlayer) {
    send_sysex(bulk_dump({0x7e, 0, 8, 1, 3}, 0.5), true);
    check_key(70, 70);
    select_tuning_program(3);
    check_key(70, 65);
    check_key(70, 70, 0.2, 1); // another channel
    send_sysex(bulk_dump({0x7e, 0, 8, 4, 0, 3}, 0.25), true);
    check_key(68, 62, 0.1);
    send_sysex(bulk_dump({0x7e, 0, 8, 4, 1, 3}, 0.75), true); // another bank
    send_sysex(bulk_dump({0x7e, 0, 8, 1, 3}, 0.75), false);   // without checksum
    auto wrong = bulk_dump({0x7e, 0, 8, 1, 3}, 0.75);
    wrong.push_back(55);
    send_sysex(wrong); // with a wrong checksum
    check_key(68, 62, 0.1);
    select_tuning_bank(1);
    check_key(68, 62, 0.1); // the bank takes effect with the next program
    select_tuning_program(0);
    check_key(68, 68);
    select_tuning_program(3);
    check_key(72, 69);
    select_tuning_bank(0);
    select_tuning_program(0);
    check_key(68, 68);
    select_tuning_program(3);
    send({0xb0, 121, 0}); // tuning programs are not controllers
    check_key(68, 62, 0.1);
    synth.reset();
    check_key(68, 68);
}

BOOST_FIXTURE_TEST_CASE(received_tunings_are_reported_and_restored, TunedPlayer) {
    BOOST_TEST(synth.received_tunings().empty());
    send_sysex(joined({0x7e, 0, 8, 7, 2, 9, 1, 69}, pitch_bytes(69.5)));
    play(64);
    auto received = synth.received_tunings();
    BOOST_REQUIRE(received.size() == 1u);
    BOOST_TEST(received[0].number == 2 * 128 + 9);
    BOOST_TEST(received[0].tuning.pitch[69] == 69.5f);
    BOOST_TEST(received[0].tuning.pitch[70] == 70.0f);
    BOOST_TEST(synth.status().retunings == 1u);
    send_sysex(joined({0x7e, 0, 8, 7, 0, 0, 1, 69}, pitch_bytes(68.5)));
    play(64);
    received = synth.received_tunings();
    BOOST_TEST(received.size() == 2u);

    TunedPlayer other;
    other.send_sysex(joined({0x7e, 0, 8, 7, 2, 1, 1, 69}, pitch_bytes(60)));
    other.play(64);
    other.synth.restore_tunings(received);
    BOOST_TEST(other.synth.received_tunings().size() == 2u); // replaces the others
    other.check_key(69, 68.5);
    other.select_tuning_bank(2), other.select_tuning_program(9);
    other.check_key(69, 69.5);
    other.synth.set_tuning(Tuning::equal());
    BOOST_TEST(other.synth.received_tunings().size() == 1u); // removes program 0
    other.select_tuning_bank(0), other.select_tuning_program(0);
    other.check_key(69, 69);
    received.push_back({.number = 65535});
    other.synth.restore_tunings(received);
    BOOST_TEST(other.synth.received_tunings().size() == 2u);
    other.synth.restore_tunings({});
    BOOST_TEST(other.synth.received_tunings().size() == 1u); // keeps program 0
}

BOOST_FIXTURE_TEST_CASE(tunings_beyond_the_capacity_are_equal_temperament, TunedPlayer) {
    for (int number = 1; number < 300; ++number) {
        send_sysex(joined({0x7e, 0, 8, 7, number / 128, number % 128, 1, 69}, pitch_bytes(69.5)));
        play(64);
    }
    BOOST_TEST(synth.received_tunings().size() == max_tunings - 1); // the slot of program 0 is unused
    select_tuning_bank(1), select_tuning_program(127);
    check_key(69, 69.5);
    select_tuning_bank(2), select_tuning_program(0);
    check_key(69, 69);
    send_sysex(joined({0x7e, 0, 8, 7, 0, 1, 1, 69}, pitch_bytes(68.5))); // a stored program
    select_tuning_bank(0), select_tuning_program(1);
    check_key(69, 68.5);
}

BOOST_FIXTURE_TEST_CASE(octave_tunings_with_one_and_two_bytes, TunedPlayer) {
    std::vector<int> cents(12, 64), fine;
    cents[9] = 64 - 50; // A
    send_sysex(joined({0x7e, 0, 8, 8, 3, 127, 127}, cents));
    check_key(69, 68.5);
    check_key(57, 56.5, 0.1);
    check_key(70, 70);
    for (int i = 0; i < 12; ++i) fine.insert(fine.end(), {i == 9 ? 96 : 64, 0});
    note_on(69);
    check_pitch_and_level(68.5);
    send_sysex(joined({0x7f, 0, 8, 9, 0, 0, 1}, fine)); // channel 1, in real time
    check_pitch_and_level(69.5);
    send({0xb0, 120, 0});
    play(640);
    check_key(69, 68.5, 0.2, 1);
    send_sysex(joined({0x7e, 0, 8, 8, 1, 0, 0}, std::vector<int>(12, 74))); // channel 15
    check_key(69, 69.1, 0.2, 14);
    check_key(69, 68.5, 0.2, 15);

    auto dump = std::vector<int>{0x7e, 0, 8, 5, 0, 7};
    dump.resize(dump.size() + 16, 'n');
    send_sysex(joined(dump, cents), true);
    select_tuning_program(7, 2);
    check_key(69, 68.0, 0.2, 2); // plus the channel's offset
    dump[3] = 6;
    send_sysex(joined(dump, fine), true);
    check_key(69, 69.0, 0.2, 2);
}

BOOST_FIXTURE_TEST_CASE(broken_exclusive_messages_change_nothing, TunedPlayer) {
    const auto valid = joined({0x7f, 0x7f, 8, 2, 0, 1, 69}, pitch_bytes(60));
    std::vector<uint8_t> bytes{0xf0};
    bytes.insert(bytes.end(), valid.begin(), valid.end());
    bytes.push_back(0xf7);
    for (uint32_t size = 0; size < bytes.size(); ++size) synth.midi(0, bytes.data(), size); // truncated
    for (size_t i = 1; i + 1 < bytes.size(); ++i) {
        auto damaged = bytes;
        damaged[i] = 0xf8;
        synth.midi(0, damaged.data(), static_cast<uint32_t>(damaged.size()));
    }
    send_sysex({0x7f, 0x7f, 8, 2, 0, 2, 69, 60, 0, 0}); // fewer notes than announced
    send_sysex({0x7f, 0x7f, 8, 2, 0, 0}), send_sysex({0x7f, 0x7f, 8, 2}), send_sysex({0x7f, 0x7f, 8, 8, 127});
    send_sysex({0x7f, 0x7f, 8, 99, 1, 2, 3}), send_sysex({0x7e, 0x7f, 9, 1}), send_sysex({});
    for (const size_t size : {511u, 512u, 513u, 100000u}) {
        std::vector<int> huge = valid;
        huge.resize(size - 2, 0x11);
        send_sysex(huge);
    }
    check_key(69, 69);
    const auto lost = synth.status().lost_events;
    for (int i = 0; i < 100; ++i)
        send_sysex(bulk_dump({0x7e, 0, 8, 1, 3}, 0.5), true); // more than the capacity of a block
    play(64);
    BOOST_TEST(synth.status().lost_events == lost + 80u);
    check_key(69, 69);
}
