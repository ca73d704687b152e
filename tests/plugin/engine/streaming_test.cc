// Banks that do not fit into memory: the loader keeps ahead of the voices, and where it cannot, notes pause unheard.
#define BOOST_TEST_MODULE streaming
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
using std::chrono::steady_clock;

namespace {

constexpr uint32_t second = 48000, block = 64;

// Some 100 MB: more than is read before a bank is handed over.
std::shared_ptr<const Bank> long_bank() {
    static const auto bank = [] {
        SyntheticBank plan;
        plan.columns = plan.rows = 5;
        plan.pitches = {40, 46, 52, 58, 64, 70, 76, 82};
        plan.shape = {3 * second - second / 4, second, 3 * second - second / 4};
        plan.sound = [](const CellSound& at) {
            return 0.02 * std::sin(0.01 * (1 + at.column) * at.frame + 0.3 * at.row) * (1 + at.row);
        };
        return plan.open();
    }();
    return bank;
}

// What a musician does within a block, the same for every player that is given the same seed.
void improvise(Player& player, std::mt19937& random, uint32_t frame) {
    if (frame % 4800 == 0) {
        const int key = 36 + static_cast<int>(random() % 60);
        player.note_on(key, 1 + static_cast<int>(random() % 127), random() % block);
        player.note_off(36 + static_cast<int>(random() % 60), random() % block);
    }
    const double time = frame / double(second);
    player.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(1.7 * time)));
    player.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(2.3 * time)));
}

void keep_pace(steady_clock::time_point start, uint32_t frame) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(uint64_t{frame} * 1000000 / second));
}

class StreamingPlayer : public Player {
  public:
    explicit StreamingPlayer(uint32_t frames = block) : Player(nullptr, 48000.0, frames) {
        instrument.exchange_bank(long_bank(), 0);
    }
    uint32_t misses() const { return instrument.notices().misses; }
};

} // namespace

BOOST_AUTO_TEST_CASE(streamed_sound_is_the_bank_s_sound) {
    constexpr uint32_t frames = 5 * second / block * block;
    std::mt19937 random(1), again(1);
    StreamingPlayer streaming, waiting;
    waiting.instrument.wait_for_disk(true);
    waiting.play(frames, [&](uint32_t frame) { improvise(waiting, random, frame); });
    const auto start = steady_clock::now();
    streaming.play(frames, [&](uint32_t frame) {
        improvise(streaming, again, frame);
        keep_pace(start, frame);
    });
    BOOST_TEST(streaming.misses() == 0u);
    BOOST_TEST(waiting.misses() == 0u);
    BOOST_TEST(peak(waiting.left) > 0.01);
    BOOST_TEST((streaming.left == waiting.left));
    BOOST_TEST((streaming.right == waiting.right));
}

// Rendered faster than any disk could read, as after the machine stood still for a while.
BOOST_AUTO_TEST_CASE(a_note_that_outruns_the_loader_pauses_without_a_click_and_goes_on) {
    StreamingPlayer player;
    player.note_on(58);
    player.play(5 * second / block * block);
    BOOST_TEST(player.misses() >= 1u);
    const std::vector<float> pause(block, 0.0f);
    BOOST_TEST((std::ranges::search(player.left, pause).begin() != player.left.end()));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    player.play(4800);
    const std::vector<float> on(player.left.end() - 4096, player.left.end());
    BOOST_TEST(peak(on) > 0.01);
    // The sound itself bends by some 1e-4.
    BOOST_TEST(largest_bend(player.left) < 1e-3);
}

namespace {

// What is not in memory when it is wanted comes a little later, without a pause or a click.
struct Late {
    StreamingPlayer streaming, waiting;

    // In blocks that share their borders with ticks, or do not.
    explicit Late(uint32_t frames) : streaming(frames), waiting(frames) {}

    template<class Move>
    void play(uint32_t frames, Move move) {
        waiting.instrument.wait_for_disk(true);
        for (auto* player : {&waiting, &streaming}) {
            player->set(Parameter::glide, 1.0f);
            player->set(Parameter::x, 0.0f);
            player->set(Parameter::y, 0.0f);
            player->note_on(58);
            const auto start = steady_clock::now();
            player->play(frames, [&](uint32_t frame) {
                move(*player, frame);
                if (player == &streaming) keep_pace(start, frame);
            });
        }
        BOOST_TEST(streaming.misses() == 0u);
        BOOST_TEST(peak(streaming.left) > 0.01);
    }
    // But for the rounding of shares that are none, at the plane's edge.
    void must_end_alike() const {
        double difference = 0.0;
        for (size_t i = waiting.left.size() - 4096; i < waiting.left.size(); ++i)
            difference = std::max(difference, std::abs(double{streaming.left[i]} - waiting.left[i]));
        BOOST_TEST(peak(std::span(waiting.left).last(4096)) > 0.01);
        BOOST_TEST(difference < 1e-6);
        BOOST_TEST(largest_bend(streaming.left) < 1.5 * largest_bend(waiting.left));
    }
};

} // namespace

BOOST_DATA_TEST_CASE(a_jump_across_the_plane_is_followed_without_a_click, boost::unit_test::data::make({64u, 48u}),
                     frames) {
    Late late(frames);
    late.play(2 * second, [](Player& player, uint32_t frame) {
        const float stations[] = {0.0f, 0.45f, 0.0f, 1.0f}; // from one square into the next, and farther
        if (frame % 9600 == 0) player.set(Parameter::x, stations[frame / 9600 % 4]);
    });
    // The far side was not in memory, so the sound came there later.
    BOOST_TEST((late.streaming.left != late.waiting.left));
    late.must_end_alike();
}

BOOST_DATA_TEST_CASE(the_corners_come_under_a_sounding_note, boost::unit_test::data::make({64u, 48u}), frames) {
    Late late(frames);
    late.play(second, [](Player& player, uint32_t frame) {
        player.set(Parameter::x, 0.4f);
        if (frame >= 24000) player.set(Parameter::layer, 1.0f);
    });
    late.must_end_alike();
}
