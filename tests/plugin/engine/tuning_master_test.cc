// SPDX-License-Identifier: GPL-3.0-or-later
// A tuning master, as measured in the sound. Needs the stand-in's library; see mts_stand_in.h.
#define BOOST_TEST_MODULE tuning_master
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/realtime_guard.h"
#include "tests/plugin/support/mts_stand_in.h"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.shape = {9600, 0, 9600};
        bank.sound = [](const SamplePosition& at) { return 0.2 * sine(440, at.frame); };
        return bank.open();
    }();
    return opened;
}

// A master, then a player, which is its client.
struct Tuned : MtsMaster, Player {
    Tuned() : Player(bank()) {}

    void check_pitch(double pitch) {
        play(9600);
        const auto partial = find_sinusoid(std::span(left).last(4800), hertz(pitch));
        BOOST_TEST(std::abs(12 * std::log2(partial.hertz / hertz(pitch))) < 0.0005,
                   partial.hertz << " Hz for " << hertz(pitch));
        BOOST_TEST(std::abs(partial.amplitude - 0.2) < 1e-3);
    }
    void end_notes(int channel = 0) {
        send({0xb0 | channel, 120, 0});
        play(640);
    }
    void check_key(int key, double pitch, int channel = 0) {
        send({0x90 | channel, key, 100});
        check_pitch(pitch);
        end_notes(channel);
    }
    void check_silent(int key, int channel = 0) {
        send({0x90 | channel, key, 100});
        play(640);
        BOOST_TEST(synth.status().voices == 0u);
    }
    // Retunes a key of a program: kind 0x7f sounding notes, too; 0x7e new ones only.
    void retune(int kind, int program, int key, int semitone) {
        send({0xf0, kind, 0, 8, 7, 0, program, 1, key, semitone, 0, 0, 0xf7});
        play(64);
    }
    void select_tuning_program(int program, int channel = 0) {
        send({0xb0 | channel, 101, 0}), send({0xb0 | channel, 100, 3}), send({0xb0 | channel, 6, program});
        play(64);
    }
    TuningMasterStatus status() {
        play(64);
        return synth.status().tuning_master;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_master_tunes_new_and_sounding_notes, Tuned) {
    BOOST_TEST((status() == TuningMasterStatus::followed));
    check_key(69, 69);
    shift(0.31);
    note_on(69);
    check_pitch(69.31);
    const double step = largest_step(left), bend = largest_second_difference(left);
    shift(-0.42);
    check_pitch(68.58);
    note_off(69); // a released note, too
    shift(-0.2);
    play(2400);
    const auto released = find_sinusoid(std::span(left).last(1200), hertz(68.8));
    BOOST_TEST(std::abs(12 * std::log2(released.hertz / hertz(68.8))) < 0.02);
    // No clicks.
    BOOST_TEST(largest_step(left) < 1.05 * step);
    BOOST_TEST(largest_second_difference(left) < 1.1 * bend);
}

BOOST_FIXTURE_TEST_CASE(notes_return_when_the_master_goes_and_follow_when_it_comes, Tuned) {
    shift(1.5);
    note_on(69);
    check_pitch(70.5);
    tables().has_master = false;
    check_pitch(69);
    BOOST_TEST((synth.status().tuning_master == TuningMasterStatus::absent));
    note_on(72);
    end_notes();
    check_key(60, 60);
    note_on(69);
    check_pitch(69);
    tables().has_master = true;
    check_pitch(70.5);
}

BOOST_FIXTURE_TEST_CASE(a_channel_may_have_a_table_but_not_with_mpe, Tuned) {
    shift(0.5);
    tables().uses_channel[3] = true;
    tables().channels[3][69] = hertz(66.25);
    check_key(69, 69.5, 2);
    check_key(69, 66.25, 3);
    tables().silent_on_channel[3][70] = true;
    tables().silent[71] = true;
    check_silent(70, 3);
    check_key(70, 70.5, 2);
    check_silent(71, 2);
    set(Parameter::mpe, 1);
    play(64);
    check_key(69, 69.5, 3);
    check_key(70, 70.5, 3);
    check_silent(71, 3);
    set(Parameter::mpe, 0);
    play(64);
    check_key(69, 66.25, 3);
}

BOOST_FIXTURE_TEST_CASE(a_key_that_becomes_silent_ends_no_note, Tuned) {
    note_on(69);
    play(640);
    tables().silent[69] = true;
    shift(0.25);
    check_pitch(69.25);
    end_notes();
    check_silent(69);
}

BOOST_FIXTURE_TEST_CASE(a_scale_comes_before_the_master, Tuned) {
    shift(0.5);
    note_on(69);
    check_pitch(69.5);
    Tuning tuning = Tuning::equal();
    tuning.pitch[69] = 68.37f;
    tables().silent[69] = true;
    synth.set_tuning(tuning);
    check_pitch(69.5); // for the notes that follow
    end_notes();
    check_key(69, double{68.37f});
    BOOST_TEST((status() == TuningMasterStatus::scale_overrides));
    synth.set_tuning(Tuning::equal()); // a scale, too
    check_key(69, 69);
    BOOST_TEST((status() == TuningMasterStatus::scale_overrides));
    tables().silent[69] = false;
    synth.clear_tuning();
    check_key(69, 69.5);
    BOOST_TEST((status() == TuningMasterStatus::followed));
}

BOOST_FIXTURE_TEST_CASE(tuning_messages_come_before_the_master, Tuned) {
    shift(0.5);
    retune(0x7e, 9, 69, 67);
    BOOST_TEST((status() == TuningMasterStatus::followed)); // no channel uses that program
    select_tuning_program(9, 1);
    BOOST_TEST((status() == TuningMasterStatus::message_overrides));
    check_key(69, 67, 1);
    check_key(70, 70, 1);
    check_key(69, 69.5);
    select_tuning_program(8, 1); // without changes
    check_key(69, 69.5, 1);
    BOOST_TEST((status() == TuningMasterStatus::followed));
    note_on(69);
    check_pitch(69.5);
    retune(0x7f, 0, 69, 66);
    check_pitch(66);
    shift(1);
    check_pitch(66);
    end_notes();
    BOOST_TEST((status() == TuningMasterStatus::message_overrides));
    const auto received = synth.received_tunings();
    synth.clear_tuning();
    check_key(69, 70);
    synth.restore_tunings(received);
    check_key(69, 66);
    synth.clear_tuning();
    send({0xf0, 0x7f, 0, 8, 8, 3, 127, 127, 64, 64, 64, 64, 64, 64, 64, 64, 64, 94, 64, 64, 0xf7}); // A: +30 cents
    play(64);
    check_key(69, 69.3);
    send({0xf0, 0x7f, 0, 8, 8, 3, 127, 127, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 0xf7});
    play(64);
    check_key(69, 70);
}

BOOST_FIXTURE_TEST_CASE(wrong_frequencies_are_those_of_equal_temperament, Tuned) {
    for (const double wrong :
         {0.0, -1.0, 1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        shift(0.5);
        tables().all[69] = wrong;
        check_key(69, 69);
        note_on(70);
        tables().all[70] = wrong;
        check_pitch(70);
        end_notes();
    }
}

BOOST_AUTO_TEST_CASE(every_instrument_is_counted_while_it_exists) {
    MtsMaster master;
    {
        const Synth first(48000), second(48000);
        BOOST_TEST(master.tables().clients == 2);
    }
    BOOST_TEST(master.tables().clients == 0);
}

BOOST_FIXTURE_TEST_CASE(following_is_realtime_safe, Tuned) {
    left.reserve(1 << 20);
    right.reserve(1 << 20);
    note_on(69);
    play(6400);
    shift(0.1);
    play(640);
    RealtimeGuard guard;
    const auto calls = RealtimeGuard::heap_and_lock_calls(), system_calls = RealtimeGuard::system_calls();
    for (int i = 0; i < 100; ++i) {
        shift(0.01 * i);
        const std::array<uint8_t, 3> message{0x90, static_cast<uint8_t>(40 + i % 40), 100};
        const size_t start = left.size();
        left.resize(start + 64);
        right.resize(start + 64);
        guard.on();
        synth.midi(0, message.data(), message.size());
        synth.render(left.data() + start, right.data() + start, nullptr, nullptr, 64);
        guard.off();
    }
    BOOST_TEST(RealtimeGuard::system_calls() == system_calls, RealtimeGuard::first_violation());
    BOOST_TEST(RealtimeGuard::heap_and_lock_calls() == calls, RealtimeGuard::first_violation());
}
