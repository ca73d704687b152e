// SPDX-License-Identifier: GPL-3.0-or-later
// No bank, message or parameter makes a voice or the output louder than their bounds; below them no bit changes.
#define BOOST_TEST_MODULE loudness
#include "plugin/engine/bank/bank_layout.h"
#include "plugin/engine/dsp/safety_limiter.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <limits>
#include <random>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr float threshold = SafetyLimiter::threshold;

struct Stereo {
    std::vector<float> left, right;

    template<class Signal>
    Stereo(uint32_t frames, Signal signal) : left(frames), right(frames) {
        for (uint32_t n = 0; n < frames; ++n) left[n] = static_cast<float>(signal(n)), right[n] = -0.5f * left[n];
    }
    // In blocks of changing length.
    Stereo limited(SafetyLimiter& limiter) const {
        Stereo out = *this;
        const auto frames = static_cast<uint32_t>(left.size());
        for (uint32_t n = 0, block = 1; n < frames; n += block, block = block % 97 + 1)
            limiter.process(out.left.data() + n, out.right.data() + n, std::min(block, frames - n));
        return out;
    }
    bool operator==(const Stereo& other) const {
        const auto same = [](const auto& a, const auto& b) {
            return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
        };
        return left.size() == other.left.size() && same(left, other.left) && same(right, other.right);
    }
};

// One pitch and one layer, a full-scale sound with this index gain.
std::shared_ptr<const Bank> loud_bank(double gain, uint8_t layer, std::function<double(uint32_t)> sound) {
    SyntheticBank bank;
    bank.pitches = {60};
    bank.velocities = {layer};
    bank.shape = {9600, 0, 9600};
    bank.sound = [=](const SamplePosition& at) { return gain * sound(at.frame); };
    return bank.open();
}

double loudest(const Player& player) { return std::max(peak(player.left), peak(player.right)); }

} // namespace

BOOST_AUTO_TEST_CASE(below_the_threshold_no_bit_changes) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> uniform(-threshold, threshold);
    Stereo noise(48000, [&](uint32_t) { return uniform(random); });
    noise.left[100] = threshold;
    noise.right[200] = -threshold;
    noise.left[300] = -0.0f;
    noise.left[400] = std::numeric_limits<float>::denorm_min();
    SafetyLimiter limiter(48000);
    BOOST_TEST((noise.limited(limiter) == noise));
}

BOOST_AUTO_TEST_CASE(nothing_exceeds_the_threshold) {
    std::mt19937 random(2);
    std::normal_distribution<double> normal;
    const Stereo loud(96000, [&](uint32_t n) { return normal(random) * std::pow(10.0, n % 9600 / 1600.0); });
    SafetyLimiter limiter(48000);
    Stereo out = loud.limited(limiter);
    BOOST_TEST(peak(out.left) <= threshold);
    BOOST_TEST(peak(out.left) > 0.999 * threshold);
    for (size_t n = 0; n < out.left.size(); ++n) // the image stays
        BOOST_TEST_REQUIRE(std::abs(out.right[n] + 0.5f * out.left[n]) <= 1e-6f);

    const float invalid[] = {NAN, INFINITY, -INFINITY, std::numeric_limits<float>::max()};
    Stereo broken(4800, [&](uint32_t n) { return n % 100 == 7 ? invalid[n / 100 % 4] : 0.5; });
    out = broken.limited(limiter);
    for (const auto* channel : {&out.left, &out.right})
        BOOST_TEST((std::ranges::all_of(*channel, [](float x) { return std::abs(x) <= threshold; }))); // false for NaN
}

BOOST_AUTO_TEST_CASE(onset_and_recovery_do_not_click) {
    // 250 Hz that rises to +24 dBFS and falls back.
    const auto envelope = [](uint32_t n) {
        return n < 4800 ? n / 300.0 : n < 9600 ? 16.0 : n < 14400 ? (14400 - n) / 300.0 : 0.5;
    };
    const Stereo tone(14400 + 3 * 48000, [&](uint32_t n) { return envelope(n) * sine(250, n); });
    SafetyLimiter limiter(48000);
    const Stereo out = tone.limited(limiter);
    BOOST_TEST(peak(out.left) <= threshold);
    BOOST_TEST(largest_step(out.left) <= largest_step(tone.left));
    // Before the first frame above the threshold nothing is delayed or changed.
    const auto first =
        std::ranges::find_if(tone.left, [](float x) { return std::abs(x) > threshold; }) - tone.left.begin();
    BOOST_TEST(std::equal(tone.left.begin(), tone.left.begin() + first, out.left.begin()));
    // A sine at four times the threshold has steps of at most 0.52; on the limited one a click would stand out.
    const double step = 2 * M_PI * 250 / 48000 * threshold;
    BOOST_TEST(largest_step(out.left) < 1.1 * step);
    // Three seconds later the gain is 1 again.
    const auto last = std::span(tone.left).last(24000), limited = std::span(out.left).last(24000);
    BOOST_TEST(std::memcmp(last.data(), limited.data(), last.size_bytes()) == 0);
}

BOOST_AUTO_TEST_CASE(watching_a_quiet_output_costs_next_to_nothing) {
    Stereo quiet(64, [](uint32_t n) { return 0.5 * sine(1000, n); });
    SafetyLimiter limiter(48000);
    timespec from{}, to{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (int block = 0; block < 75000; ++block) limiter.process(quiet.left.data(), quiet.right.data(), 64);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    const double seconds =
        static_cast<double>(to.tv_sec - from.tv_sec) + 1e-9 * static_cast<double>(to.tv_nsec - from.tv_nsec);
    BOOST_TEST_MESSAGE("limiter: " << seconds / 100 * 1e6 << " us for a second of sound");
    BOOST_TEST(seconds / 100 < 0.001); // a thousandth of real time
}

BOOST_AUTO_TEST_CASE(velocities_above_the_highest_layer_have_a_bound) {
    for (const double gain : {0.001, 0.01, 15.8}) {
        Player player(loud_bank(gain, 1, [](uint32_t n) { return sine(1000, n); }));
        player.set(Parameter::level, -20); // so that the sum stays below its own limit
        player.play(4800);
        player.note_on(60, 127);
        player.play(9600);
        const double expected = std::min(gain * 127 * 127, double{max_voice_amplitude});
        // Of a sine: the level is bounded, not the wave cut.
        const double amplitude = fit_sinusoid(std::span(player.left).last(4800), 1000).amplitude;
        BOOST_TEST(std::abs(db(amplitude) - db(0.1 * expected)) < 0.1);
    }
}

BOOST_AUTO_TEST_CASE(resonance_and_resampling_stay_within_a_voices_bound) {
    const auto square = [](uint32_t n) { return n / 24 % 2 ? 1.0 : -1.0; };
    for (const int key : {48, 60, 67}) {
        Player player(loud_bank(15.8, 100, square));
        player.set(Parameter::level, -20);
        player.set(Parameter::resonance, 100);
        player.set(Parameter::cutoff, 1000.0f * std::exp2((key - 60) / 12.0f));
        player.play(4800);
        player.note_on(key, 127);
        player.play(19200);
        BOOST_TEST(loudest(player) <= 0.1001 * max_voice_amplitude);
        BOOST_TEST(loudest(player) > 0.09 * max_voice_amplitude);
    }
}

BOOST_AUTO_TEST_CASE(the_output_stays_within_its_bound_with_everything_turned_up) {
    Player player(loud_bank(15.8, 1, [](uint32_t n) { return sine(200, n); }));
    for (const auto& [parameter, value] : {std::pair(Parameter::level, 12.0f),
                                           {Parameter::width, 200.0f},
                                           {Parameter::resonance, 100.0f},
                                           {Parameter::polyphony, 256.0f}})
        player.set(parameter, value);
    for (int key = 20; key < 100; ++key) player.note_on(key, 127);
    player.play(48000);
    BOOST_TEST(loudest(player) <= threshold);
    BOOST_TEST(loudest(player) > 0.9 * threshold);
}

BOOST_AUTO_TEST_CASE(banks_above_the_bound_are_neither_written_nor_opened) {
    BankHeader header{};
    header.columns = header.rows = header.pitches = header.velocities = 1;
    header.pcm_bytes = 400;
    BankEntry entry{0, 100, 0, 0, bank_max_gain, 0, 0};
    BOOST_TEST(index_error(header, &entry) == "");
    entry.gain = 1.001f * bank_max_gain;
    BOOST_TEST(index_error(header, &entry) == "note 0, cell 0: invalid gain");
    BOOST_CHECK_THROW(loud_bank(16, 100, [](uint32_t n) { return sine(1000, n); }), BankError);
}
