// SPDX-License-Identifier: GPL-3.0-or-later
// Note stealing, all sound off, preset and bank changes during play: no clicks, and no bank leaks.
#define BOOST_TEST_MODULE stealing
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cmath>
#include <thread>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr double minus_60_db = 1e-3;

// Slow sines, in which any click is easy to detect.
std::shared_ptr<const Bank> slow_bank(double amplitude = 0.2) {
    SyntheticBank bank;
    bank.shape = {9600, 0, 9600};
    bank.pitches = {60};
    bank.sound = [=](const SamplePosition& at) { return amplitude * sine(20, at.frame); };
    return bank.open();
}

} // namespace

BOOST_AUTO_TEST_CASE(stolen_notes_do_not_click) {
    Player player(slow_bank(0.1));
    player.set(Parameter::polyphony, 4);
    for (int i = 0; i < 100; ++i) {
        player.note_on(40 + i % 40);
        player.play(640);
        BOOST_TEST(player.synth.status().voices <= 5u);
    }
    BOOST_TEST(largest_second_difference(player.left) < minus_60_db);
}

BOOST_AUTO_TEST_CASE(notes_on_the_pedal_are_stolen_before_pressed_keys) {
    Player player(slow_bank());
    player.set(Parameter::polyphony, 3);
    player.note_on(60), player.note_on(64), player.note_on(67);
    player.play(640);
    player.send({0xb0, 64, 127});
    player.note_off(64);
    player.note_on(72); // steals the voice of key 64
    player.play(640);
    BOOST_TEST(player.synth.status().voices == 3u);
    player.send({0xb0, 64, 0});
    player.play(48000);
    BOOST_TEST(player.synth.status().voices == 3u);
}

BOOST_AUTO_TEST_CASE(lowering_the_polyphony_fades_excess_notes) {
    Player player(slow_bank());
    for (int key = 40; key < 50; ++key) player.note_on(key);
    player.play(6400);
    player.set(Parameter::polyphony, 2);
    player.play(6400);
    BOOST_TEST(player.synth.status().voices == 2u);
    BOOST_TEST(largest_second_difference(player.left) < 10 * minus_60_db); // eight fades start at once
}

BOOST_AUTO_TEST_CASE(two_hundred_and_fifty_six_notes_sound_at_once) {
    Player player(slow_bank(0.002));
    player.set(Parameter::polyphony, 256);
    for (int channel = 0; channel < 3; ++channel)
        for (int key = 0; key < 128; ++key) player.send({0x90 + channel, key, 100});
    player.play(6400);
    BOOST_TEST(player.synth.status().voices == 256u);
}

BOOST_AUTO_TEST_CASE(all_sound_off_does_not_click) {
    Player player(slow_bank());
    player.note_on(60);
    player.play(3000);
    player.send({0xb0, 120, 0});
    player.play(6400);
    BOOST_TEST(player.synth.status().voices == 0u);
    BOOST_TEST(largest_second_difference(player.left) < minus_60_db);
}

BOOST_AUTO_TEST_CASE(a_preset_change_does_not_click) {
    Player player(slow_bank());
    player.note_on(60);
    for (int i = 0; i < 20; ++i) {
        player.play(3000);
        player.set(Parameter::level, i % 2 ? 0.0f : -20.0f);
        player.set(Parameter::sustain, i % 3 ? -12.0f : 0.0f);
        player.set(Parameter::decay, i % 2 ? 0.01f : 0.5f);
        player.set(Parameter::glide, i % 2 ? 1.0f : 100.0f);
        player.send({0xb0, 7, i % 2 ? 127 : 30});
    }
    BOOST_TEST(largest_second_difference(player.left) < minus_60_db);
}

BOOST_AUTO_TEST_CASE(a_bank_change_during_play_does_not_click_and_frees_the_old_bank) {
    std::weak_ptr<const Bank> old;
    Player player(nullptr);
    {
        auto first = slow_bank();
        old = first;
        player.synth.exchange_bank(std::move(first));
    }
    player.note_on(60);
    player.play(6400);
    player.synth.exchange_bank(slow_bank(0.1));
    player.note_on(64);
    player.play(6400);
    BOOST_TEST(!old.expired()); // its note still sounds
    BOOST_TEST(player.synth.status().voices == 2u);
    player.note_off(60);
    player.play(48000);
    player.synth.free_unused_banks();
    BOOST_TEST(old.expired());
    BOOST_TEST(player.synth.status().voices == 1u);
    BOOST_TEST(largest_second_difference(player.left) < minus_60_db);
}

BOOST_AUTO_TEST_CASE(many_bank_changes_free_every_bank) {
    std::vector<std::weak_ptr<const Bank>> banks;
    {
        Player player(nullptr);
        for (int i = 0; i < 30; ++i) {
            auto bank = slow_bank();
            banks.push_back(bank);
            player.synth.exchange_bank(std::move(bank));
            if (i % 3 == 0) continue; // replaced before the audio thread uses it
            player.note_on(40 + i);
            player.play(640);
        }
        player.synth.free_unused_banks();
        int alive = 0;
        for (const auto& bank : banks) alive += bank.expired() ? 0 : 1;
        BOOST_TEST(alive <= 3);
        BOOST_TEST(largest_second_difference(player.left) < 2 * minus_60_db); // two fades may start together
    }
    for (const auto& bank : banks) BOOST_TEST(bank.expired());
}

BOOST_AUTO_TEST_CASE(removing_the_bank_ends_in_silence) {
    Player player(slow_bank());
    player.note_on(60);
    player.play(640);
    player.synth.exchange_bank(nullptr);
    player.note_off(60);
    player.play(48000);
    player.note_on(60);
    player.play(640);
    BOOST_TEST(player.synth.status().voices == 0u);
    BOOST_TEST(!player.synth.bank());
}

BOOST_AUTO_TEST_CASE(other_threads_may_change_bank_and_parameters_during_play) {
    const auto first = slow_bank(), second = slow_bank(0.1);
    Player player(first);
    std::atomic<bool> playing{true};
    std::thread bank_thread([&] {
        for (int i = 0; playing; ++i) {
            player.synth.exchange_bank(i % 5 == 0 ? nullptr : i % 2 ? first : second);
            player.synth.free_unused_banks();
            std::this_thread::yield();
        }
    });
    std::thread ui_thread([&] {
        for (int i = 0; playing; ++i) {
            const auto parameter = static_cast<Parameter>(i % static_cast<int>(parameter_count));
            player.set(parameter, info(parameter).minimum + static_cast<float>(i % 7) / 7.0f *
                                                                (info(parameter).maximum - info(parameter).minimum));
            static_cast<void>(player.synth.status());
            static_cast<void>(player.synth.bank());
            std::this_thread::yield();
        }
    });
    for (int i = 0; i < 2000; ++i) {
        player.note_on(40 + i % 40);
        if (i % 3 == 0) player.note_off(40 + (i + 20) % 40);
        player.play(64);
    }
    playing = false;
    bank_thread.join();
    ui_thread.join();
    for (const float sample : player.left) BOOST_TEST_REQUIRE(std::isfinite(sample));
}
