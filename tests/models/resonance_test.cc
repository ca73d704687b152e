// SPDX-License-Identifier: GPL-3.0-or-later
// A resonance moves between two tones that differ in its place alone: half way of a line of nine cells it stands half
// way, as strong as at the ends. A mean in dB has two weak resonances there.
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/io/audio.h"
#include "models/audio/sources/sustain.h"
#include "models/bake/baker.h"
#include "models/morph/corner_note.h"
#include "models/morph/plane_note.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr int cells = 9;
constexpr double seconds = 2, lower = 900, upper = 1800; // Hz
const double middle = std::sqrt(lower * upper);          // 1273 Hz

struct Level {
    double hz, db;
};

// Levels of the harmonics of f0 up to 5 kHz in the steady part of a cell [2, frames].
std::vector<Level> harmonic_levels(const Tensor& cell, double f0) {
    const auto steady = cell[0].slice(0, model_rate / 2, model_rate);
    std::vector<Level> levels;
    for (int k = 1; k * f0 < 5000; ++k)
        levels.push_back({k * f0, test::amplitude_db(test::amplitude_at(steady, k * f0) + 1e-9)});
    return levels;
}

// The highest point between `low` and `high` Hz of a parabola through the loudest harmonic there and its neighbours.
Level peak_of(const std::vector<Level>& levels, double low, double high) {
    size_t top = 0;
    for (size_t i = 1; i + 1 < levels.size(); ++i)
        if (levels[i].hz >= low && levels[i].hz <= high && (!top || levels[i].db > levels[top].db)) top = i;
    const double left = levels[top - 1].db, centre = levels[top].db, right = levels[top + 1].db;
    const double bend = left - 2 * centre + right;
    const double shift = bend < 0 ? std::clamp(.5 * (left - right) / bend, -.5, .5) : 0;
    return {levels[top].hz + shift * (levels[1].hz - levels[0].hz), centre - .25 * (left - right) * shift};
}

// The cells of a line between two sounds [2, frames], each as a held key.
std::vector<Tensor> line_of_nine(const Tensor& a, const Tensor& b, double f0) {
    const torch::NoGradGuard no_grad;
    const auto hops = int64_t(seconds * frames_per_second);
    const std::vector corners{make_corner_note(a, f0, f0, hops, torch::kCPU),
                              make_corner_note(b, f0, f0, hops, torch::kCPU)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const auto t = torch::linspace(0, 1, cells);
    const PlaneNote note(load_note_model(TIMBREL_TEST_MODEL, torch::kCPU), corners, {f0, 100, 1, 0}, plan, torch::kCPU);
    const auto rendering = note.render(torch::stack({1 - t, t}, 1));
    std::vector<Tensor> line;
    for (int i = 0; i < cells; ++i)
        line.push_back(unroll_loop(rendering.sound[i], plan.loop, rendering.decay[size_t(i)], seconds));
    return line;
}

using Response = std::complex<double> (*)(double hz, double centre);

std::complex<double> band(double hz, double centre, double quality) {
    return 1. / std::complex<double>(1, quality * (hz / centre - centre / hz));
}
std::complex<double> resonance(double hz, double centre) { return 1. + 7. * band(hz, centre, 4); } // 18 dB
std::complex<double> band_pass(double hz, double centre) { return .03 + band(hz, centre, 3); }

double source_db(double hz, double f0) { return -20 - 6 * std::log2(hz / f0); } // a sawtooth

Tensor filtered_tone(Response response, double centre, double f0) {
    std::vector<double> hz, amplitude;
    for (int k = 1; k * f0 < 16000; ++k) {
        hz.push_back(k * f0);
        amplitude.push_back(db_to_amplitude(source_db(k * f0, f0)) * std::abs(response(k * f0, centre)));
    }
    return test::tones(hz, amplitude, seconds + .1).repeat({2, 1});
}

// The peaks of all cells, of the spectrum re that of the source.
std::vector<Level> moving_peaks(Response response, double f0) {
    std::vector<Level> peaks;
    for (const auto& cell : line_of_nine(filtered_tone(response, lower, f0), filtered_tone(response, upper, f0), f0)) {
        auto levels = harmonic_levels(cell, f0);
        for (auto& level : levels) level.db -= source_db(level.hz, f0);
        peaks.push_back(peak_of(levels, 500, 3500));
    }
    return peaks;
}

std::string to_text(const std::vector<Level>& peaks) {
    std::string text;
    for (const auto& peak : peaks)
        text += std::to_string(std::lround(peak.hz)) + " Hz " + std::to_string(std::lround(peak.db)) + " dB, ";
    return text;
}

void check_middle(const std::vector<Level>& peaks, double expected) {
    const auto& middle_peak = peaks[cells / 2];
    BOOST_TEST_MESSAGE(to_text(peaks));
    BOOST_TEST(std::abs(middle_peak.hz - expected) < 100, "the peak stands at " << middle_peak.hz << " Hz");
    BOOST_TEST(std::abs(middle_peak.db - (peaks.front().db + peaks.back().db) / 2) < 3,
               "the peak has " << middle_peak.db << " dB, the ends " << peaks.front().db << " and " << peaks.back().db);
}

// x [frames] with its even decay undone, so that its second half is as loud as its first.
Tensor without_decay(const Tensor& x) {
    const auto half = x.size(0) / 2;
    const double fall = (x.slice(0, half).square().mean() / x.slice(0, 0, half).square().mean()).sqrt().item<double>();
    return x * torch::pow(fall, torch::arange(x.size(0)) / -double(half));
}

// A German vowel of espeak-ng at one pitch, held: [2, frames]. Sets its fundamental in Hz.
Tensor vowel(const std::string& word, double& f0) {
    const auto file = std::filesystem::temp_directory_path() / ("vowel-" + std::to_string(getpid()) + ".wav");
    const auto command = "espeak-ng -v de -m -s 80 -w " + file.string() + " '<speak><prosody range=\"0%\">" + word +
                         "</prosody></speak>'";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
    const auto spoken = to_tensor(audio::resampled(audio::read_audio(file), model_rate).left);
    std::filesystem::remove(file);
    const auto steady = without_decay(spoken.slice(0, model_rate / 5, model_rate / 2));
    const auto sound = to_audio(steady.repeat({2, 1}));
    const auto pitch = audio::detect_pitch(sound);
    BOOST_REQUIRE(pitch.has_value());
    f0 = note_to_hertz(pitch->pitch);
    const auto held = audio::sustain_note(sound, {sound.seconds(), false, 0, 0}, seconds + .1).audio;
    return torch::stack({to_tensor(held.left), to_tensor(held.right)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(resonance_between)

BOOST_AUTO_TEST_CASE(a_resonance_moves) {
    for (const double f0 : {82.41, 110.})
        BOOST_TEST_CONTEXT("f0 " << f0) check_middle(moving_peaks(resonance, f0), middle);
}

BOOST_AUTO_TEST_CASE(a_band_pass_moves) {
    for (const double f0 : {82.41, 110.})
        BOOST_TEST_CONTEXT("f0 " << f0) check_middle(moving_peaks(band_pass, f0), middle);
}

BOOST_AUTO_TEST_CASE(the_formants_between_two_vowels_move) {
    double a_f0 = 0, i_f0 = 0;
    const auto a = vowel("ah", a_f0), i = vowel("ih", i_f0);
    BOOST_TEST(std::abs(ratio_to_cents(a_f0 / i_f0)) < 40);
    std::vector<Level> first, second; // formants
    for (const auto& cell : line_of_nine(a, i, a_f0)) {
        first.push_back(peak_of(harmonic_levels(cell, a_f0), 200, 1100));
        second.push_back(peak_of(harmonic_levels(cell, a_f0), 1150, 2450));
    }
    for (const auto& formant : {first, second})
        check_middle(formant, std::sqrt(formant.front().hz * formant.back().hz));
}

BOOST_AUTO_TEST_SUITE_END()
