// SPDX-License-Identifier: GPL-3.0-or-later
// Vibrato of the recordings, stored in a bank's metadata: depth, rate and delay as measured in the sound.
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
constexpr uint32_t analysis_frames = 480, second = 48000;

json vibrato_entry(const std::vector<double>& depths, const std::vector<double>& rates,
                   const std::vector<double>& delays, int velocity = 100) {
    return {
        {"pitch", 69}, {"velocity", velocity}, {"depth_cents", depths}, {"rate_hz", rates}, {"delay_seconds", delays}};
}

// A plane with the same tone in every cell. `across` × `down` corners, three cells apart.
SyntheticBank tone_bank(json vibrato, uint16_t across = 2, uint16_t down = 1) {
    SyntheticBank bank;
    bank.columns = static_cast<uint16_t>(3 * across - 2);
    bank.rows = static_cast<uint16_t>(3 * down - 2);
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) { return 0.4 * sine(tone, at.frame); };
    json corners = json::array();
    for (int row = 0; row < down; ++row)
        for (int column = 0; column < across; ++column)
            corners.push_back({{"x", across > 1 ? double(column) / (across - 1) : 0.5},
                               {"y", down > 1 ? 1 - double(row) / (down - 1) : 0.5}});
    bank.metadata["corners"] = corners;
    bank.metadata["vibrato"] = std::move(vibrato);
    return bank;
}

// A depth of 30 cents in the west, 0 in the east.
std::shared_ptr<const Bank> west_vibrato_bank() {
    static const auto opened = tone_bank({vibrato_entry({30, 0}, {5.5, 0}, {0.4, 0})}).open();
    return opened;
}

// Deviation from the pitch `hertz` in cents, every 10 ms.
std::vector<double> pitch_cents(std::span<const float> sound, double hertz = tone) {
    std::vector<double> cents;
    for (size_t n = 0; n + analysis_frames <= sound.size(); n += analysis_frames)
        cents.push_back(1200 * std::log2(find_sinusoid(sound.subspan(n, analysis_frames), hertz).hertz / hertz));
    return cents;
}

struct MeasuredVibrato {
    double depth = 0, rate = 0, delay = 0, mean = 0;
    double phase = 0; // of the sine extrapolated to the start of the sound, in periods
};

// Measures the strongest sine in the second half of a pitch curve, and the time at which half its depth is reached.
MeasuredVibrato measure_vibrato(const std::vector<double>& cents) {
    const auto fit_sine = [&](double rate, size_t from, size_t to) {
        std::complex<double> sum = 0, one = 0;
        double window = 0, mean = 0;
        for (size_t i = from; i < to; ++i) {
            const double w = 0.5 - 0.5 * std::cos(2 * M_PI * (double(i - from) + 0.5) / double(to - from));
            const auto phasor = std::polar(w, -2 * M_PI * rate * (double(i) + 0.5) / 100);
            sum += cents[i] * phasor, one += phasor, window += w, mean += w * cents[i];
        }
        return 2.0 * (sum - mean / window * one) / window;
    };
    MeasuredVibrato vibrato;
    const size_t half = cents.size() / 2;
    for (double rate = 3; rate < 11; rate += 0.02)
        if (const double depth = std::abs(fit_sine(rate, half, cents.size())); depth > vibrato.depth)
            vibrato.depth = depth, vibrato.rate = rate;
    vibrato.phase = std::arg(fit_sine(vibrato.rate, half, cents.size())) / (2 * M_PI);
    for (size_t i = half; i < cents.size(); ++i) vibrato.mean += cents[i] / double(cents.size() - half);
    const auto period = static_cast<size_t>(std::lround(200 / vibrato.rate));
    for (size_t i = 0; i + period < cents.size(); ++i)
        if (std::abs(fit_sine(vibrato.rate, i, i + period)) > vibrato.depth / 2) {
            vibrato.delay = (double(i) + double(period) / 2) / 100;
            break;
        }
    return vibrato;
}

struct VibratoPlayer : Player {
    explicit VibratoPlayer(std::shared_ptr<const Bank> bank, float x = 0.5f, float amount = 100.0f)
        : Player(std::move(bank)) {
        set(Parameter::x, x);
        set(Parameter::natural_vibrato, amount);
    }
    MeasuredVibrato vibrato(int key = 69, int velocity = 100) {
        note_on(key, velocity);
        play(4 * second);
        return measure_vibrato(pitch_cents(left, tone * std::exp2((key - 69) / 12.0)));
    }
};

double largest_absolute(std::span<const double> cents) {
    double maximum = 0;
    for (const double c : cents) maximum = std::max(maximum, std::abs(c));
    return maximum;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_corner_has_its_stored_vibrato) {
    VibratoPlayer player(west_vibrato_bank(), 0.0f);
    const auto vibrato = player.vibrato();
    BOOST_TEST(std::abs(vibrato.depth - 30) < 1);
    BOOST_TEST(std::abs(vibrato.rate - 5.5) < 0.05);
    BOOST_TEST(std::abs(vibrato.delay - 0.4) < 0.05);
    BOOST_TEST(std::abs(vibrato.mean) < 1);
    const auto cents = pitch_cents(player.left);
    BOOST_TEST(largest_absolute(std::span(cents).first(20)) < 0.5); // steady before half the delay
    BOOST_TEST(std::abs(largest_absolute(std::span(cents).subspan(80)) - 30) < 1);
}

BOOST_AUTO_TEST_CASE(the_amount_scales_the_depth) {
    BOOST_TEST(info(Parameter::natural_vibrato).initial == 100);
    BOOST_TEST(VibratoPlayer(west_vibrato_bank(), 0.0f, 0.0f).vibrato().depth < 0.05);
    BOOST_TEST(std::abs(VibratoPlayer(west_vibrato_bank(), 0.0f, 50.0f).vibrato().depth - 15) < 0.5);
    BOOST_TEST(std::abs(VibratoPlayer(west_vibrato_bank(), 0.0f, 200.0f).vibrato().depth - 60) < 2);
}

BOOST_AUTO_TEST_CASE(a_corner_without_vibrato_does_not_change_rate_and_delay) {
    const auto middle = VibratoPlayer(west_vibrato_bank()).vibrato();
    BOOST_TEST(std::abs(middle.depth - 15) < 0.5);
    BOOST_TEST(std::abs(middle.rate - 5.5) < 0.05);
    BOOST_TEST(std::abs(middle.delay - 0.4) < 0.05);
    BOOST_TEST(VibratoPlayer(west_vibrato_bank(), 1.0f).vibrato().depth < 0.05);
}

BOOST_AUTO_TEST_CASE(the_middle_has_the_mean_vibrato) {
    const auto bank = tone_bank({vibrato_entry({20, 40}, {4, 9}, {0.2, 0.8})}).open();
    const auto middle = VibratoPlayer(bank).vibrato();
    BOOST_TEST(std::abs(middle.depth - 30) < 1);
    BOOST_TEST(std::abs(middle.rate - 6) < 0.05);
    BOOST_TEST(std::abs(middle.delay - 0.5) < 0.08);
}

BOOST_AUTO_TEST_CASE(each_of_six_corners_has_a_separate_vibrato) {
    const auto bank =
        tone_bank({vibrato_entry({0, 10, 20, 30, 40, 50}, {1, 5, 5, 5, 5, 5}, {0, 0, 0, 0, 0, 0})}, 3, 2).open();
    const auto depth = [&](float x, float y) {
        VibratoPlayer player(bank, x);
        player.set(Parameter::y, y);
        return player.vibrato().depth;
    };
    BOOST_TEST(depth(0.0f, 1.0f) < 0.05);
    BOOST_TEST(std::abs(depth(1.0f, 1.0f) - 20) < 0.7);
    BOOST_TEST(std::abs(depth(0.5f, 0.0f) - 40) < 1.4);
    BOOST_TEST(std::abs(depth(0.75f, 0.5f) - (10 + 20 + 40 + 50) / 4.0) < 1);
}

BOOST_AUTO_TEST_CASE(vibrato_is_interpolated_over_velocity) {
    auto sound = tone_bank({vibrato_entry({10, 10}, {5, 5}, {0, 0}, 40), vibrato_entry({30, 30}, {5, 5}, {0, 0}, 120)});
    sound.velocities = {40, 120};
    const auto bank = sound.open();
    BOOST_TEST(std::abs(VibratoPlayer(bank).vibrato(69, 40).depth - 10) < 0.5);
    BOOST_TEST(std::abs(VibratoPlayer(bank).vibrato(69, 60).depth - 15) < 0.5);
    BOOST_TEST(std::abs(VibratoPlayer(bank).vibrato(69, 127).depth - 30) < 1);
}

BOOST_AUTO_TEST_CASE(a_note_with_a_separate_position_has_the_vibrato_of_that_position) {
    VibratoPlayer player(west_vibrato_bank(), 1.0f);
    player.set(Parameter::mpe, 1);
    player.set(Parameter::pressure_x, -100);
    player.send({0x91, 69, 100});
    player.send({0xd1, 127});
    player.play(2 * second);
    BOOST_TEST(std::abs(measure_vibrato(pitch_cents(player.left)).depth - 30) < 1);
}

BOOST_AUTO_TEST_CASE(keys_of_a_chord_differ_in_vibrato_phase) {
    std::map<int, double> phases;
    for (const int key : {48, 60, 64, 67, 69, 70, 72}) {
        VibratoPlayer player(west_vibrato_bank(), 0.0f);
        phases[key] = player.vibrato(key).phase;
    }
    for (const auto& [key, phase] : phases)
        for (const auto& [other, other_phase] : phases) {
            const double difference = phase - other_phase;
            if (other > key + 1)
                BOOST_TEST(std::abs(difference - std::round(difference)) > 0.08, key << " and " << other);
        }
}

BOOST_AUTO_TEST_CASE(a_stored_phase_is_that_of_the_recording) {
    json entry = vibrato_entry({30, 30}, {5.5, 5.5}, {0, 0});
    entry["phase_turns"] = {0.2, 0.4};
    const auto bank = tone_bank({entry}).open();
    for (const auto& [x, key, phase] : {std::tuple{0.0f, 69, 0.2}, {0.0f, 67, 0.2}, {1.0f, 69, 0.4}, {0.5f, 69, 0.3}}) {
        const double measured = VibratoPlayer(bank, x).vibrato(key).phase + 0.25; // of a sine instead of a cosine
        const double difference = measured - phase;
        BOOST_TEST(std::abs(difference - std::round(difference)) < 0.02, x << ", " << key << ": " << measured);
    }
    entry["phase_turns"] = {0.2, 1.5};
    const auto forged = tone_bank({entry}).open();
    BOOST_TEST(!BankVibrato(*forged, BankCorners(*forged)).any());
}

BOOST_AUTO_TEST_CASE(vibrato_is_repeatable_and_independent_of_the_block_size) {
    Player first(west_vibrato_bank()), again(west_vibrato_bank()), blocks(west_vibrato_bank(), 48000.0, 17);
    for (Player* player : {&first, &again, &blocks}) {
        player->set(Parameter::x, 0.2f);
        player->set(Parameter::natural_vibrato, 100);
        for (const int key : {69, 73, 76}) player->note_on(key);
        player->play(second);
    }
    BOOST_TEST((first.left == again.left));
    BOOST_TEST((first.left == blocks.left));
    first.synth.reset();
    first.note_on(69);
    first.left.clear(), first.right.clear();
    first.play(second);
    Player alone(west_vibrato_bank());
    alone.set(Parameter::x, 0.2f);
    alone.set(Parameter::natural_vibrato, 100);
    alone.note_on(69);
    alone.play(second);
    BOOST_TEST((first.left == alone.left));
}

BOOST_AUTO_TEST_CASE(vibrato_changes_do_not_click) {
    VibratoPlayer player(tone_bank({vibrato_entry({100, 100}, {9, 9}, {0, 0})}).open(), 0.0f, 0.0f);
    player.note_on(69);
    player.play(second, [&](uint32_t at) {
        if (at % 4800 == 0) player.set(Parameter::natural_vibrato, at % 9600 == 0 ? 200.0f : 0.0f);
        if (at % 3200 == 0) player.set(Parameter::x, at % 6400 == 0 ? 1.0f : 0.0f);
    });
    // The second difference of a steady tone two semitones higher.
    const double steady_value = 0.4 * std::pow(2 * M_PI * tone / 48000 * std::exp2(2 / 12.0), 2);
    BOOST_TEST(largest_second_difference(std::span(player.left).subspan(64)) < 1.02 * steady_value);
}

BOOST_AUTO_TEST_CASE(without_vibrato_metadata_the_amount_has_no_effect) {
    const auto plain = tone_bank(json::array()).open();
    VibratoPlayer with(plain, 0.3f, 200.0f), without(plain, 0.3f, 0.0f);
    for (VibratoPlayer* player : {&with, &without}) player->note_on(67), player->play(second);
    BOOST_TEST((with.left == without.left));
}

BOOST_AUTO_TEST_CASE(invalid_vibrato_metadata_is_ignored) {
    const json good = vibrato_entry({30, 0}, {5.5, 0}, {0.4, 0});
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

BOOST_AUTO_TEST_CASE(the_first_of_duplicate_entries_is_used) {
    const auto bank =
        tone_bank({vibrato_entry({30, 0}, {5.5, 0}, {0.4, 0}), vibrato_entry({10, 10}, {5, 5}, {0, 0})}).open();
    const BankCorners corners(*bank);
    const BankVibrato vibrato(*bank, corners);
    BOOST_TEST(vibrato.of(0)[0].depth == 30.0f);
    BOOST_TEST(vibrato.of(0)[1].depth == 0.0f);
}
