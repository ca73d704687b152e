// SPDX-License-Identifier: GPL-3.0-or-later
// Delay and reverb: times, decay by octave bands, energy, stereo, bypass.
#define BOOST_TEST_MODULE space
#include "plugin/engine/core/flush_to_zero.h"
#include "plugin/engine/space/delay.h"
#include "plugin/engine/space/reverb.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

struct Stereo {
    std::vector<float> left, right;
};

void begin_tick(Delay& delay, double tempo) { delay.step(tempo); }
void begin_tick(Reverb& reverb, double) { reverb.step(); }

// Processes whole ticks. `change` is called before each with its first frame.
template<class Effect>
Stereo process(Effect& effect, Stereo sound, const std::function<void(size_t)>& change = {}, double tempo = 120) {
    const FlushToZero guard;
    for (size_t n = 0; n + tick_frames <= sound.left.size(); n += tick_frames) {
        if (change) change(n);
        begin_tick(effect, tempo);
        if (effect.active()) effect.process(&sound.left[n], &sound.right[n], tick_frames);
    }
    return sound;
}

Stereo silence(size_t frames) { return {std::vector<float>(frames), std::vector<float>(frames)}; }

Stereo impulse(size_t frames, size_t at) {
    Stereo sound = silence(frames);
    sound.left[at] = sound.right[at] = 1.0f;
    return sound;
}

Stereo tone(size_t frames, double hertz, double rate = 48000.0) {
    Stereo sound = silence(frames);
    for (uint32_t n = 0; n < frames; ++n)
        sound.left[n] = sound.right[n] = static_cast<float>(0.5 * sine(hertz, n, rate));
    return sound;
}

Reverb make_reverb(double rate, const Reverb::Settings& settings) {
    Reverb reverb(rate);
    reverb.set(settings);
    reverb.snap_to_targets();
    return reverb;
}

// An octave around `hertz`: two band-passes in a row (R. Bristow-Johnson's cookbook).
std::vector<float> octave_band(std::span<const float> sound, double hertz, double rate) {
    const double w = 2 * M_PI * hertz / rate, q = std::sqrt(2.0), alpha = std::sin(w) / (2 * q);
    const double b0 = alpha / (1 + alpha), a1 = -2 * std::cos(w) / (1 + alpha), a2 = (1 - alpha) / (1 + alpha);
    std::vector<double> in(sound.begin(), sound.end()), out(in.size());
    for (int pass = 0; pass < 3; ++pass) {
        for (size_t n = 0; n < in.size(); ++n)
            out[n] =
                b0 * (in[n] - (n > 1 ? in[n - 2] : 0)) - a1 * (n > 0 ? out[n - 1] : 0) - a2 * (n > 1 ? out[n - 2] : 0);
        in = out;
    }
    return {in.begin(), in.end()};
}

// Seconds for 60 dB, from the fall of the energy still to come from -5 to -35 dB (M. R. Schroeder, "New method of
// measuring reverberation time", J. Acoust. Soc. Am. 37, 1965).
double decay_seconds(const std::vector<double>& energies, double rate) {
    std::vector<double> left(energies.size() + 1);
    for (size_t n = energies.size(); n-- > 0;) left[n] = left[n + 1] + energies[n];
    const auto time_of = [&](double decibels) {
        size_t n = 0;
        while (left[n] > left[0] * std::pow(10, decibels / 10)) ++n;
        return static_cast<double>(n) / rate;
    };
    return 2 * (time_of(-35) - time_of(-5));
}

// The mean over both channels and several impulses, because the modes of a band beat against each other.
class ImpulseResponses {
  public:
    ImpulseResponses(double rate, const Reverb::Settings& settings, double seconds) : rate_(rate) {
        Reverb reverb(rate);
        reverb.set(settings);
        reverb.snap_to_targets();
        const auto frames = static_cast<size_t>(seconds * rate) / tick_frames * tick_frames;
        for (int i = 0; i < 6; ++i) {
            responses_.push_back(process(reverb, impulse(frames, 0)));
            process(reverb, silence(frames)); // until it is quiet, and the rotations are elsewhere
        }
    }
    double decay_at(double hertz) const {
        std::vector<double> energies(responses_[0].left.size());
        for (const Stereo& response : responses_)
            for (const auto* channel : {&response.left, &response.right}) {
                const auto band = octave_band(*channel, hertz, rate_);
                for (size_t n = 0; n < band.size(); ++n) energies[n] += double{band[n]} * band[n];
            }
        return decay_seconds(energies, rate_);
    }

  private:
    double rate_;
    std::vector<Stereo> responses_;
};

double energy(const Stereo& sound, size_t first, size_t frames) {
    double sum = 0;
    for (size_t n = first; n < first + frames; ++n)
        sum += double{sound.left[n]} * sound.left[n] + double{sound.right[n]} * sound.right[n];
    return sum;
}

} // namespace

BOOST_AUTO_TEST_CASE(echoes_come_after_the_exact_number_of_frames) {
    for (const double rate : {44100.0, 48000.0, 96000.0})
        for (const float seconds : {0.001f, 0.1234f, 2.0f}) {
            Delay delay(rate);
            delay.set({.seconds = seconds, .feedback = 0.5f, .mix = 0.5f});
            delay.snap_to_targets();
            const auto length = static_cast<size_t>(std::lround(double{seconds} * rate));
            Stereo expected = silence(length * 3 / tick_frames * tick_frames + 640);
            float level = 1.0f;
            for (size_t n = 100; n < expected.left.size(); n += length) {
                expected.left[n] = level;
                level = n == 100 ? 1.0f : 0.5f * level;
            }
            const Stereo found = process(delay, impulse(expected.left.size(), 100));
            BOOST_TEST((found.left == expected.left), seconds << " s at " << rate);
            BOOST_TEST((found.right == found.left));
        }
}

BOOST_AUTO_TEST_CASE(a_synced_delay_follows_the_tempo_and_halves_what_does_not_fit) {
    for (const auto& [beats, tempo, frames] :
         {std::tuple(0.75, 120.0, 18000), {1.0 / 3, 100.0, 9600}, {8.0, 60.0, 96000}, {32.0, 119.0, 48403}}) {
        Delay delay(48000);
        delay.set({.beats = beats, .mix = 1.0f});
        delay.snap_to_targets();
        const Stereo found = process(delay, impulse(99200, 0), {}, tempo);
        BOOST_TEST(found.left[static_cast<size_t>(frames)] == 1.0f);
    }
}

BOOST_AUTO_TEST_CASE(tone_filters_each_echo_again) {
    Delay delay(48000);
    delay.set({.seconds = 0.5f, .feedback = 0.9f, .tone_hertz = 1000, .mix = 1.0f});
    delay.snap_to_targets();
    Stereo sound = tone(76800, 6000);
    std::fill(sound.left.begin() + 12000, sound.left.end(), 0.0f);
    const auto out = process(delay, sound).left;
    const double a = 1 - std::exp(-2 * M_PI * 1000 / 48000), w = 2 * M_PI * 6000 / 48000;
    const double gain = a / std::hypot(1 - (1 - a) * std::cos(w), (1 - a) * std::sin(w));
    BOOST_TEST(std::abs(fit_sinusoid(std::span(out).subspan(28800, 4800), 6000).amplitude / (0.5 * gain) - 1) < 0.01);
    BOOST_TEST(std::abs(fit_sinusoid(std::span(out).subspan(52800, 4800), 6000).amplitude / (0.45 * gain * gain) - 1) <
               0.01);
}

BOOST_AUTO_TEST_CASE(changes_of_the_delay_do_not_click) {
    Delay delay(48000);
    delay.set({.seconds = 0.3f, .feedback = 0.5f, .mix = 0.5f});
    delay.snap_to_targets();
    const auto change = [&](size_t n) {
        const auto step = static_cast<float>(n / 9600 % 5);
        delay.set({.seconds = 0.3f - 0.05f * step,
                   .feedback = 0.1f * step,
                   .tone_hertz = 2000 + 4000 * step,
                   .mix = 0.2f * step});
    };
    const Stereo out = process(delay, tone(192000, 100), change);
    // An echo that jumped from one time to another would be a hundred times larger.
    BOOST_TEST(largest_second_difference(std::span(out.left).subspan(64)) < 1e-3);
}

BOOST_AUTO_TEST_CASE(the_reverb_decays_in_the_set_time_in_every_octave) {
    for (const auto& [decay, size, rate] :
         {std::tuple(0.8f, 0.6f, 48000.0), {3.0f, 1.0f, 48000.0}, {3.0f, 0.2f, 44100.0}, {2.0f, 0.6f, 96000.0}}) {
        const ImpulseResponses responses(rate, {.size = size, .decay_seconds = decay, .mix = 1.0f},
                                         1.1 * double{decay});
        for (double hertz = 125; hertz < 0.4 * rate; hertz *= 2) {
            const double found = responses.decay_at(hertz);
            BOOST_TEST(std::abs(found / double{decay} - 1) < 0.1, hertz << " Hz, " << decay << " s: " << found);
        }
    }
}

BOOST_AUTO_TEST_CASE(damping_shortens_high_frequencies) {
    const ImpulseResponses responses(48000, {.size = 0.5f, .decay_seconds = 4.0f, .damping = 1.0f, .mix = 1.0f}, 4.4);
    // The loss grows tenfold around 3 kHz. Within an octave the lowest frequencies last longest.
    const auto designed = [](double hertz) {
        const double high = hertz * hertz / (hertz * hertz + 3000.0 * 3000.0);
        return 4.0 / (1.0 + 9.0 * high);
    };
    for (double hertz = 125; hertz <= 16000; hertz *= 2) {
        const double found = responses.decay_at(hertz);
        BOOST_TEST((found > 0.9 * designed(hertz) && found < 1.1 * designed(hertz / std::sqrt(2.0))),
                   hertz << " Hz: " << found);
    }
    BOOST_TEST(std::abs(responses.decay_at(125) / 4.0 - 1) < 0.1);
}

BOOST_AUTO_TEST_CASE(the_longest_reverb_never_gains_energy) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(-1, 1);
    Stereo sound = silence(48000 * 12);
    for (size_t n = 0; n < 48000; ++n) sound.left[n] = uniform(random), sound.right[n] = uniform(random);
    const double dry = energy(sound, 0, 48000);
    for (const float size : {0.1f, 1.0f}) {
        Reverb reverb = make_reverb(48000, {.size = size, .decay_seconds = 30.0f, .mix = 1.0f});
        // The size changes, too.
        const Stereo out = process(reverb, sound, [&](size_t n) {
            if (n > 48000 * 6)
                reverb.set(
                    {.size = 0.1f + 0.9f * static_cast<float>(n / 9600 % 2), .decay_seconds = 30.0f, .mix = 1.0f});
        });
        double before = energy(out, 48000, 24000);
        for (size_t n = 72000; n + 24000 <= 48000 * 6; n += 24000) {
            const double now = energy(out, n, 24000);
            BOOST_TEST(now < 1.05 * before); // the rotations let the energy fluctuate between the lines
            before = now;
        }
        BOOST_TEST(energy(out, 48000 * 5, 24000) < 0.7 * energy(out, 48000, 24000));
        BOOST_TEST(energy(out, 48000 * 11, 48000) < energy(out, 48000 * 5, 48000));
        BOOST_TEST(energy(out, 0, out.left.size()) < 1.5 * dry);
    }
}

BOOST_AUTO_TEST_CASE(the_reverb_spreads_a_mono_sound) {
    Reverb reverb = make_reverb(48000, {.size = 0.6f, .decay_seconds = 3.0f, .mix = 1.0f});
    const Stereo out = process(reverb, impulse(96000, 0));
    double product = 0, left = 0, right = 0;
    for (size_t n = 4800; n < 48000; ++n) {
        product += double{out.left[n]} * out.right[n];
        left += double{out.left[n]} * out.left[n];
        right += double{out.right[n]} * out.right[n];
    }
    BOOST_TEST(std::abs(product / std::sqrt(left * right)) < 0.1);
    BOOST_TEST(std::abs(db(std::sqrt(left / right))) < 1.5);
}

BOOST_AUTO_TEST_CASE(changes_of_the_reverb_do_not_click) {
    Reverb reverb = make_reverb(48000, {.size = 0.6f, .decay_seconds = 1.0f, .mix = 0.5f});
    const Stereo steady = process(reverb, tone(96000, 100));
    const auto change = [&](size_t n) {
        const auto step = static_cast<float>(n / 9600 % 5);
        reverb.set({.size = 0.2f + 0.2f * step,
                    .decay_seconds = 0.5f + 3 * step,
                    .damping = 0.25f * step,
                    .mix = 0.2f * step});
    };
    const Stereo out = process(reverb, tone(192000, 100), change);
    BOOST_TEST(largest_second_difference(std::span(out.left).subspan(64)) <
               6 * largest_second_difference(std::span(steady.left).subspan(48000)));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_does_not_stay) {
    Stereo sound = tone(96000, 100);
    sound.left[100] = std::numeric_limits<float>::quiet_NaN();
    sound.right[200] = std::numeric_limits<float>::infinity();
    Reverb reverb = make_reverb(48000, {.decay_seconds = 20.0f, .mix = 1.0f});
    Delay delay(48000);
    delay.set({.feedback = 0.9f, .mix = 1.0f});
    delay.snap_to_targets();
    for (const Stereo& out : {process(reverb, sound), process(delay, sound)})
        for (size_t n = 256; n < out.left.size(); ++n)
            BOOST_TEST_REQUIRE((std::isfinite(out.left[n]) && std::isfinite(out.right[n])));
    Player player(position_level_bank());
    for (size_t i = static_cast<size_t>(Parameter::delay_time); i < parameter_count; ++i)
        for (const float value :
             {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30f, -1e30f})
            player.set(static_cast<Parameter>(i), value);
    player.note_on(69);
    player.play(48000);
    for (const float sample : player.left) BOOST_TEST_REQUIRE(std::isfinite(sample));
}

BOOST_AUTO_TEST_CASE(tails_ring_out_after_the_notes_and_end_in_silence) {
    Player player(position_level_bank());
    player.set(Parameter::reverb_mix, 40);
    player.set(Parameter::reverb_decay, 1);
    player.set(Parameter::delay_mix, 40);
    player.set(Parameter::delay_time, 200);
    player.set(Parameter::delay_feedback, 20);
    player.note_on(69);
    player.play(24000);
    player.note_off(69);
    player.play(9600);
    BOOST_TEST(player.synth.status().voices == 0u);
    player.play(9600);
    BOOST_TEST(db(peak(std::span(player.left).last(4800))) > -40);
    player.play(48000 * 4);
    BOOST_TEST(db(peak(std::span(player.left).last(4800))) < -120);
    player.play(48000 * 20);
    BOOST_TEST(peak(std::span(player.left).last(4800)) == 0.0);
}

BOOST_AUTO_TEST_CASE(off_is_the_dry_sound_bit_for_bit) {
    const auto play = [](bool with_space) {
        Player player(position_level_bank());
        player.note_on(69);
        player.play(4800);
        if (with_space) player.set(Parameter::delay_mix, 50), player.set(Parameter::reverb_mix, 50);
        player.play(19200);
        player.set(Parameter::delay_mix, 0);
        player.set(Parameter::reverb_mix, 0);
        player.play(24000);
        return player.left;
    };
    const auto dry = play(false), wet = play(true);
    BOOST_TEST((std::vector(dry.begin(), dry.begin() + 4800) == std::vector(wet.begin(), wet.begin() + 4800)));
    BOOST_TEST(
        (std::vector(dry.begin() + 9600, dry.begin() + 24000) != std::vector(wet.begin() + 9600, wet.begin() + 24000)));
    BOOST_TEST((std::vector(dry.end() - 9600, dry.end()) == std::vector(wet.end() - 9600, wet.end())));
    const double steady = largest_second_difference(std::span(wet).subspan(14400, 9600));
    BOOST_TEST(largest_second_difference(wet) < 1.1 * steady);
}
