// SPDX-License-Identifier: GPL-3.0-or-later
// Banks that do not fit into memory: the stream thread reads ahead of the voices; if it is late, notes pause without a
// click.
#define BOOST_TEST_MODULE streaming
#include "plugin/engine/voice/cell_reader.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t second = 48000, block_frames = 64;

// About 100 MB: more than is loaded before a bank is exchanged.
std::shared_ptr<const Bank> long_bank() {
    static const auto bank = [] {
        SyntheticBank plan;
        plan.columns = plan.rows = 5;
        plan.pitches = {40, 46, 52, 58, 64, 70, 76, 82};
        plan.shape = {3 * second - second / 4, second, 3 * second - second / 4};
        plan.sound = [](const SamplePosition& at) {
            return 0.02 * std::sin(0.01 * (1 + at.column) * at.frame + 0.3 * at.row) * (1 + at.row);
        };
        return plan.open();
    }();
    return bank;
}

// Random notes and a smooth motion; the same for players with the same seed.
void play_random_notes(Player& player, std::mt19937& random, uint32_t frame) {
    if (frame % 4800 == 0) {
        const int key = 36 + static_cast<int>(random() % 60);
        player.note_on(key, 1 + static_cast<int>(random() % 127), random() % block_frames);
        player.note_off(36 + static_cast<int>(random() % 60), random() % block_frames);
    }
    const double time = frame / double(second);
    player.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(1.7 * time)));
    player.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(2.3 * time)));
}

class StreamingPlayer : public Player {
  public:
    explicit StreamingPlayer(uint32_t frames = block_frames) : Player(nullptr, 48000.0, frames) {
        synth.exchange_bank(long_bank(), 0);
    }
    uint32_t dropouts() const { return synth.status().dropouts; }
};

} // namespace

BOOST_AUTO_TEST_CASE(streaming_in_real_time_equals_waiting_for_the_disk) {
    constexpr uint32_t frames = 5 * second / block_frames * block_frames;
    std::mt19937 random(1), same_random(1);
    StreamingPlayer streaming, waiting;
    waiting.synth.wait_for_disk(true);
    waiting.play(frames, [&](uint32_t frame) { play_random_notes(waiting, random, frame); });
    streaming.play_in_real_time(frames, [&](uint32_t frame) { play_random_notes(streaming, same_random, frame); });
    BOOST_TEST(streaming.dropouts() == 0u);
    BOOST_TEST(waiting.dropouts() == 0u);
    BOOST_TEST(peak(waiting.left) > 0.01);
    BOOST_TEST((streaming.left == waiting.left));
    BOOST_TEST((streaming.right == waiting.right));
}

// The stream thread answers no request any more once the whole bank is in memory.
BOOST_AUTO_TEST_CASE(a_note_that_waits_goes_on_when_the_whole_bank_is_in_memory, *boost::unit_test::timeout(30)) {
    const auto streamed = std::make_shared<StreamedBank>(long_bank(), all_frames);
    const ActiveBank active(streamed);
    CellReader reader;
    reader.start(active, 58, 100);
    std::thread loader([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        while (streamed->load_more(1 << 24)) {
        }
    });
    BOOST_TEST(reader.prepare({{0.5f, 0.5f}, false, block_frames, block_frames, true, 0}));
    loader.join();
}

// Renders faster than any disk reads, as after a pause of the whole machine.
BOOST_AUTO_TEST_CASE(a_starved_note_pauses_without_a_click_and_resumes) {
    StreamingPlayer player;
    player.note_on(58);
    player.play(5 * second / block_frames * block_frames);
    BOOST_TEST(player.dropouts() >= 1u);
    const std::vector<float> pause(block_frames, 0.0f);
    BOOST_TEST((std::ranges::search(player.left, pause).begin() != player.left.end()));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    player.play(4800);
    const std::vector<float> resumed(player.left.end() - 4096, player.left.end());
    BOOST_TEST(peak(resumed) > 0.01);
    // The sound without clicks has a second difference of about 1e-4.
    BOOST_TEST(largest_second_difference(player.left) < 1e-3);
}

// A long note that moves over the plane does not keep the loops of all cells that it has passed.
BOOST_AUTO_TEST_CASE(loops_of_cells_that_are_no_longer_played_leave_memory) {
    SyntheticBank plan;
    plan.columns = 4;
    plan.shape = {2 * second, second, second + second / 2};
    plan.sound = [](const SamplePosition& at) { return 0.2 + 0.1 * sine(100, at.frame); };
    const auto bank = plan.open();
    Player player(nullptr);
    player.synth.exchange_bank(bank, 0);
    player.synth.wait_for_disk(true);
    player.set(Parameter::x, 0.0f);
    player.note_on(69);
    const auto in_memory = [&](uint32_t cell) {
        const BankEntry& entry = bank->entry(0, cell);
        const std::span loop(bank->pcm(entry) + 2 * entry.loop_start, 2 * (entry.loop_end - entry.loop_start));
        return std::ranges::none_of(loop.subspan(4096, loop.size() - 8192), [](int16_t sample) { return sample == 0; });
    };
    player.play(2 * second);
    BOOST_TEST(in_memory(0));
    BOOST_TEST(!in_memory(3));
    player.set(Parameter::x, 1.0f);
    player.play(second);
    BOOST_TEST(in_memory(0)); // it may come back
    player.play(6 * second);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    BOOST_TEST(!in_memory(0));
    BOOST_TEST(in_memory(3));
    BOOST_TEST(player.synth.status().dropouts == 0u);
}

// At 16 frames of the bank for each output frame, a voice needs 0.4 seconds of a bank of the lowest rate at once.
BOOST_AUTO_TEST_CASE(the_highest_pitch_of_a_low_rate_sounds) {
    SyntheticBank plan;
    plan.rate = 8000;
    plan.pitches = {20};
    plan.shape = {60 * 8000, 0, 0};
    plan.sound = [](const SamplePosition& at) { return 0.5 * sine(50, at.frame, 8000); };
    Player player(nullptr);
    player.synth.exchange_bank(plan.open(), 0);
    player.note_on(127);
    player.play_in_real_time(second / 2, [](uint32_t) {});
    BOOST_TEST(peak(std::span(player.left).last(4096)) > 0.1);
}

namespace {

// Compares a player that streams in real time with one that waits for the disk. Cells that are not in memory join the
// sound later, without a pause or a click.
struct LateLoading {
    StreamingPlayer streaming, waiting;

    // `frames`: the block size, a multiple of the tick or not.
    explicit LateLoading(uint32_t frames) : streaming(frames), waiting(frames) {}

    template<class Move>
    void play(uint32_t frames, Move move) {
        waiting.synth.wait_for_disk(true);
        for (auto* player : {&waiting, &streaming}) {
            player->set(Parameter::glide, 1.0f);
            player->set(Parameter::x, 0.0f);
            player->set(Parameter::y, 0.0f);
            player->note_on(58);
            const auto step = [&](uint32_t frame) { move(*player, frame); };
            player == &streaming ? player->play_in_real_time(frames, step) : player->play(frames, step);
        }
        BOOST_TEST(streaming.dropouts() == 0u);
        BOOST_TEST(peak(streaming.left) > 0.01);
    }
    // The tolerance allows rounding of weights near 0 at the edge of the plane.
    void check_ends_agree() const {
        double difference = 0.0;
        for (size_t i = waiting.left.size() - 4096; i < waiting.left.size(); ++i)
            difference = std::max(difference, std::abs(double{streaming.left[i]} - waiting.left[i]));
        BOOST_TEST(peak(std::span(waiting.left).last(4096)) > 0.01);
        BOOST_TEST(difference < 1e-6);
        BOOST_TEST(largest_second_difference(streaming.left) < 1.5 * largest_second_difference(waiting.left));
    }
};

} // namespace

BOOST_DATA_TEST_CASE(a_jump_to_unloaded_cells_does_not_click, boost::unit_test::data::make({64u, 48u}), frames) {
    LateLoading late(frames);
    late.play(2 * second, [](Player& player, uint32_t frame) {
        const float positions[] = {0.0f, 0.45f, 0.0f, 1.0f}; // from one square of cells to the next, and farther
        if (frame % 9600 == 0) player.set(Parameter::x, positions[frame / 9600 % 4]);
    });
    // The distant cells were not in memory, so their sound started later.
    BOOST_TEST((late.streaming.left != late.waiting.left));
    late.check_ends_agree();
}

BOOST_DATA_TEST_CASE(unloaded_layer_corners_join_a_sounding_note_without_a_click,
                     boost::unit_test::data::make({64u, 48u}), frames) {
    LateLoading late(frames);
    late.play(second, [](Player& player, uint32_t frame) {
        player.set(Parameter::x, 0.4f);
        if (frame >= 24000) player.set(Parameter::layer, 1.0f);
    });
    late.check_ends_agree();
}
