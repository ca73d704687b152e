// The recordings' own vibrato, which the bank keeps as numbers: heard as much, as fast and as late as it says.
#define BOOST_TEST_MODULE vibrato
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include "plugin/engine/bank/bank_vibrato.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <complex>
#include <map>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using nlohmann::json;

namespace {

constexpr double tone = 1000.0; // hertz, at A4
constexpr uint32_t stretch = 480, seconds = 48000;

json told(const std::vector<double>& depths, const std::vector<double>& rates, const std::vector<double>& delays,
          int velocity = 100) {
    return {
        {"pitch", 69}, {"velocity", velocity}, {"depth_cents", depths}, {"rate_hz", rates}, {"delay_seconds", delays}};
}

// A plane of which every cell is the same tone; `corners` across and down, each three cells from the next.
SyntheticBank tone_bank(json vibrato, uint16_t across = 2, uint16_t down = 1) {
    SyntheticBank bank;
    bank.columns = static_cast<uint16_t>(3 * across - 2);
    bank.rows = static_cast<uint16_t>(3 * down - 2);
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const CellSound& at) { return 0.4 * sine(tone, at.frame); };
    json corners = json::array();
    for (int row = 0; row < down; ++row)
        for (int column = 0; column < across; ++column)
            corners.push_back({{"x", across > 1 ? double(column) / (across - 1) : 0.5},
                               {"y", down > 1 ? 1 - double(row) / (down - 1) : 0.5}});
    bank.metadata["corners"] = corners;
    bank.metadata["vibrato"] = std::move(vibrato);
    return bank;
}

// 30 cents in the west, none in the east.
std::shared_ptr<const Bank> one_side() {
    static const auto opened = tone_bank({told({30, 0}, {5.5, 0}, {0.4, 0})}).open();
    return opened;
}

// Cents off the pitch of `hertz`, every 10 ms.
std::vector<double> course(std::span<const float> sound, double hertz = tone) {
    std::vector<double> cents;
    for (size_t n = 0; n + stretch <= sound.size(); n += stretch)
        cents.push_back(1200 * std::log2(find(sound.subspan(n, stretch), hertz).hertz / hertz));
    return cents;
}

struct Swing {
    double depth = 0, rate = 0, delay = 0, mean = 0;
    double turns = 0; // of the sine at the sound's beginning, were it there
};

// The sine in the second half of a course, found as a partial is; and when half its depth was reached.
Swing swing_of(const std::vector<double>& cents) {
    const auto sine_at = [&](double rate, size_t from, size_t to) {
        std::complex<double> sum = 0, one = 0;
        double window = 0, mean = 0;
        for (size_t i = from; i < to; ++i) {
            const double w = 0.5 - 0.5 * std::cos(2 * M_PI * (double(i - from) + 0.5) / double(to - from));
            const auto turn = std::polar(w, -2 * M_PI * rate * (double(i) + 0.5) / 100);
            sum += cents[i] * turn, one += turn, window += w, mean += w * cents[i];
        }
        return 2.0 * (sum - mean / window * one) / window;
    };
    Swing swing;
    const size_t half = cents.size() / 2;
    for (double rate = 3; rate < 11; rate += 0.02)
        if (const double depth = std::abs(sine_at(rate, half, cents.size())); depth > swing.depth)
            swing.depth = depth, swing.rate = rate;
    swing.turns = std::arg(sine_at(swing.rate, half, cents.size())) / (2 * M_PI);
    for (size_t i = half; i < cents.size(); ++i) swing.mean += cents[i] / double(cents.size() - half);
    const auto period = static_cast<size_t>(std::lround(200 / swing.rate));
    for (size_t i = 0; i + period < cents.size(); ++i)
        if (std::abs(sine_at(swing.rate, i, i + period)) > swing.depth / 2) {
            swing.delay = (double(i) + double(period) / 2) / 100;
            break;
        }
    return swing;
}

struct Played : Player {
    explicit Played(std::shared_ptr<const Bank> bank, float x = 0.5f, float amount = 100.0f) : Player(std::move(bank)) {
        set(Parameter::x, x);
        set(Parameter::natural_vibrato, amount);
    }
    Swing swing(int key = 69, int velocity = 100) {
        note_on(key, velocity);
        play(4 * seconds);
        return swing_of(course(left, tone * std::exp2((key - 69) / 12.0)));
    }
};

double largest(std::span<const double> cents) {
    double most = 0;
    for (const double c : cents) most = std::max(most, std::abs(c));
    return most;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_corner_has_its_recordings_vibrato) {
    Played player(one_side(), 0.0f);
    const auto swing = player.swing();
    BOOST_TEST(std::abs(swing.depth - 30) < 1);
    BOOST_TEST(std::abs(swing.rate - 5.5) < 0.05);
    BOOST_TEST(std::abs(swing.delay - 0.4) < 0.05);
    BOOST_TEST(std::abs(swing.mean) < 1);
    const auto cents = course(player.left);
    BOOST_TEST(largest(std::span(cents).first(20)) < 0.5); // nothing before half the delay
    BOOST_TEST(std::abs(largest(std::span(cents).subspan(80)) - 30) < 1);
}

BOOST_AUTO_TEST_CASE(the_amount_scales_it) {
    BOOST_TEST(Played(one_side(), 0.0f, info(Parameter::natural_vibrato).initial).swing().depth < 0.05);
    BOOST_TEST(std::abs(Played(one_side(), 0.0f, 50.0f).swing().depth - 15) < 0.5);
    BOOST_TEST(std::abs(Played(one_side(), 0.0f, 200.0f).swing().depth - 60) < 2);
}

BOOST_AUTO_TEST_CASE(a_corner_without_leaves_its_neighbour_rate_and_delay) {
    const auto middle = Played(one_side()).swing();
    BOOST_TEST(std::abs(middle.depth - 15) < 0.5);
    BOOST_TEST(std::abs(middle.rate - 5.5) < 0.05);
    BOOST_TEST(std::abs(middle.delay - 0.4) < 0.05);
    BOOST_TEST(Played(one_side(), 1.0f).swing().depth < 0.05);
}

BOOST_AUTO_TEST_CASE(half_way_lies_the_mean) {
    const auto bank = tone_bank({told({20, 40}, {4, 9}, {0.2, 0.8})}).open();
    const auto middle = Played(bank).swing();
    BOOST_TEST(std::abs(middle.depth - 30) < 1);
    BOOST_TEST(std::abs(middle.rate - 6) < 0.05);
    BOOST_TEST(std::abs(middle.delay - 0.5) < 0.08);
}

BOOST_AUTO_TEST_CASE(a_map_of_corners_has_one_for_each) {
    const auto bank = tone_bank({told({0, 10, 20, 30, 40, 50}, {1, 5, 5, 5, 5, 5}, {0, 0, 0, 0, 0, 0})}, 3, 2).open();
    const auto depth = [&](float x, float y) {
        Played player(bank, x);
        player.set(Parameter::y, y);
        return player.swing().depth;
    };
    BOOST_TEST(depth(0.0f, 1.0f) < 0.05);
    BOOST_TEST(std::abs(depth(1.0f, 1.0f) - 20) < 0.7);
    BOOST_TEST(std::abs(depth(0.5f, 0.0f) - 40) < 1.4);
    BOOST_TEST(std::abs(depth(0.75f, 0.5f) - (10 + 20 + 40 + 50) / 4.0) < 1);
}

BOOST_AUTO_TEST_CASE(between_two_velocities_it_lies_between) {
    auto sound = tone_bank({told({10, 10}, {5, 5}, {0, 0}, 40), told({30, 30}, {5, 5}, {0, 0}, 120)});
    sound.velocities = {40, 120};
    const auto bank = sound.open();
    BOOST_TEST(std::abs(Played(bank).swing(69, 40).depth - 10) < 0.5);
    BOOST_TEST(std::abs(Played(bank).swing(69, 60).depth - 15) < 0.5);
    BOOST_TEST(std::abs(Played(bank).swing(69, 127).depth - 30) < 1);
}

BOOST_AUTO_TEST_CASE(a_note_that_is_moved_alone_has_that_of_its_own_place) {
    Played player(one_side(), 1.0f);
    player.set(Parameter::mpe, 1);
    player.set(Parameter::pressure_x, -100);
    player.send({0x91, 69, 100});
    player.send({0xd1, 127});
    player.play(2 * seconds);
    BOOST_TEST(std::abs(swing_of(course(player.left)).depth - 30) < 1);
}

BOOST_AUTO_TEST_CASE(the_keys_of_a_chord_do_not_swing_in_step) {
    std::map<int, double> turns;
    for (const int key : {48, 60, 64, 67, 69, 70, 72}) {
        Played player(one_side(), 0.0f);
        turns[key] = player.swing(key).turns;
    }
    for (const auto& [key, turn] : turns)
        for (const auto& [other, its] : turns) {
            const double apart = turn - its;
            if (other > key + 1) BOOST_TEST(std::abs(apart - std::round(apart)) > 0.08, key << " and " << other);
        }
}

BOOST_AUTO_TEST_CASE(the_same_each_time_and_in_blocks_of_any_size) {
    Player first(one_side()), again(one_side()), blocks(one_side(), 48000.0, 17);
    for (Player* player : {&first, &again, &blocks}) {
        player->set(Parameter::x, 0.2f);
        player->set(Parameter::natural_vibrato, 100);
        for (const int key : {69, 73, 76}) player->note_on(key);
        player->play(seconds);
    }
    BOOST_TEST((first.left == again.left));
    BOOST_TEST((first.left == blocks.left));
    first.instrument.reset();
    first.note_on(69);
    first.left.clear(), first.right.clear();
    first.play(seconds);
    Player alone(one_side());
    alone.set(Parameter::x, 0.2f);
    alone.set(Parameter::natural_vibrato, 100);
    alone.note_on(69);
    alone.play(seconds);
    BOOST_TEST((first.left == alone.left));
}

BOOST_AUTO_TEST_CASE(nothing_clicks_however_it_is_moved) {
    Played player(tone_bank({told({100, 100}, {9, 9}, {0, 0})}).open(), 0.0f, 0.0f);
    player.note_on(69);
    player.play(seconds, [&](uint32_t at) {
        if (at % 4800 == 0) player.set(Parameter::natural_vibrato, at % 9600 == 0 ? 200.0f : 0.0f);
        if (at % 3200 == 0) player.set(Parameter::x, at % 6400 == 0 ? 1.0f : 0.0f);
    });
    // A steady tone's own, two semitones up.
    const double own = 0.4 * std::pow(2 * M_PI * tone / 48000 * std::exp2(2 / 12.0), 2);
    BOOST_TEST(largest_bend(std::span(player.left).subspan(64)) < 1.02 * own);
}

BOOST_AUTO_TEST_CASE(without_entries_the_amount_changes_no_sample) {
    const auto plain = tone_bank(json::array()).open();
    Played with(plain, 0.3f, 200.0f), without(plain, 0.3f, 0.0f);
    for (Played* player : {&with, &without}) player->note_on(67), player->play(seconds);
    BOOST_TEST((with.left == without.left));
}

BOOST_AUTO_TEST_CASE(what_is_absurd_counts_for_nothing) {
    const json good = told({30, 0}, {5.5, 0}, {0.4, 0});
    const auto any = [&](const json& vibrato) {
        const auto bank = tone_bank(vibrato).open();
        const BankCorners corners(*bank);
        return BankVibrato(*bank, corners).any();
    };
    const auto with = [&](const char* key, const json& value) {
        json note = good;
        note[key] = value;
        return any(json::array({note}));
    };
    BOOST_TEST(any(json::array({good})));
    BOOST_TEST(any({42, nullptr, json::array(), good}));
    for (const json& whole : {json(nullptr), json(1), json("vibrato"), json::object(), good, json::array()})
        BOOST_TEST(!any(whole), whole.dump());
    for (const char* key : {"depth_cents", "rate_hz", "delay_seconds"})
        for (const json& value : {json(nullptr), json(30), json("30"), json::array(), json({30}), json({30, 0, 0}),
                                  json({"30", 0}), json({nullptr, nullptr}), json({-1, 0}), json({1e300, 0}),
                                  json({true, 0}), json({json::array(), 0}), json({18446744073709551615u, 0})})
            BOOST_TEST(!with(key, value), key << value.dump());
    BOOST_TEST(!with("rate_hz", {0, 0}));
    BOOST_TEST(!with("depth_cents", {0, 0}));
    for (const json& value :
         {json(nullptr), json("69"), json(69.5), json(-1), json(300), json(18446744073709551615u)}) {
        BOOST_TEST(!with("pitch", value), value.dump());
        BOOST_TEST(!with("velocity", value), value.dump());
    }
}

BOOST_AUTO_TEST_CASE(a_note_told_twice_is_as_told_first) {
    const auto bank = tone_bank({told({30, 0}, {5.5, 0}, {0.4, 0}), told({10, 10}, {5, 5}, {0, 0})}).open();
    const BankCorners corners(*bank);
    const BankVibrato vibrato(*bank, corners);
    BOOST_TEST(vibrato.of(0)[0].depth == 30.0f);
    BOOST_TEST(vibrato.of(0)[1].depth == 0.0f);
}
