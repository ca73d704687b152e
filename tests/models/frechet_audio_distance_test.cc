// SPDX-License-Identifier: GPL-3.0-or-later
// The Fréchet audio distance of interpolated notes from recorded notes, and its parts.
#include "models/bake/baker.h"
#include "models/evaluation/interpolated_notes.h"
#include "models/evaluation/spaces/feature_space.h"
#include "models/evaluation/spaces/frechet.h"
#include "models/evaluation/spaces/timbre_descriptor.h"
#include "models/tensor/parallel.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

Gaussian gaussian(const std::vector<double>& mean, const std::vector<double>& variances, double angle = 0) {
    const auto n = int64_t(mean.size());
    auto rotation = torch::eye(n, torch::kDouble);
    rotation[0][0] = rotation[1][1] = std::cos(angle);
    rotation[1][0] = std::sin(angle);
    rotation[0][1] = -std::sin(angle);
    const auto axes = torch::diag(torch::tensor(variances, torch::kDouble));
    return {torch::tensor(mean, torch::kDouble), torch::mm(torch::mm(rotation, axes), rotation.t())};
}

// A partial that rises by 60 dB in `attack` seconds and then falls by `fall` dB per second.
NoteSpectrum falling_tone(double attack, double fall) {
    NoteSpectrum s;
    s.f0 = 440;
    s.partials = harmonic_table(s.f0);
    const auto frames = int64_t((descriptor_hold + descriptor_release) * frames_per_second);
    const auto t = torch::arange(frames) / frames_per_second;
    const auto db = torch::where(t < attack, -60 * (1 - t / attack), -fall * (t - attack));
    s.partial = torch::zeros({frames, 2, s.partials.size()});
    s.partial.select(2, 0).copy_(torch::pow(10, db / 20).unsqueeze(1).expand({frames, 2}));
    s.noise = torch::full({frames, 2, noise_bands}, 1e-7f);
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(frechet_audio_distance)

BOOST_AUTO_TEST_CASE(the_distance_of_gaussians_matches_the_formula) {
    const auto a = gaussian({0, 0, 0}, {4, 1, 9}), b = gaussian({3, 4, 0}, {1, 1, 16});
    BOOST_TEST(std::abs(frechet_distance(a, a)) < 1e-9);
    BOOST_TEST(frechet_distance(a, b) == 25 + 1 + 0 + 1, boost::test_tools::tolerance(1e-9));
    // Tilted ellipses in the plane: tr √(C₁ C₂) = √(tr C₁C₂ + 2 √(det C₁ det C₂)).
    const double angle = .7;
    const auto c = gaussian({0, 0}, {4, 1}), d = gaussian({0, 0}, {9, 1}, angle);
    const double common = torch::mm(c.covariance, d.covariance).trace().item<double>() + 2 * std::sqrt(4. * 9.);
    BOOST_TEST(frechet_distance(c, d) == 5 + 10 - 2 * std::sqrt(common), boost::test_tools::tolerance(1e-9));

    torch::manual_seed(1);
    const auto points = 3 * torch::randn({20000, 5}, torch::kDouble) + 2;
    const auto fitted = gaussian_of(points), standard = gaussian_of(torch::randn({20000, 5}, torch::kDouble));
    BOOST_TEST(frechet_distance(fitted, standard) == 5 * (4 + 4), boost::test_tools::tolerance(.03));
}

BOOST_AUTO_TEST_CASE(the_descriptor_includes_attack_and_decay_but_not_loudness) {
    auto note = falling_tone(.1, 12);
    const auto values = timbre_descriptor(note).values;
    const int64_t envelope = 96;
    BOOST_TEST(values.size(0) == 134);
    BOOST_TEST(values[envelope + 10].item<double>() == -12. / 2, boost::test_tools::tolerance(.05));
    // From −20 to −3 dB on a slope of 60 dB in 100 ms.
    BOOST_TEST(values[envelope + 11].item<double>() / 6 == std::log2(28.), boost::test_tools::tolerance(.08));
    note.partial *= 10;
    note.noise *= 10;
    BOOST_TEST((timbre_descriptor(note).values - values).abs().max().item<double>() < .01);
    const auto slower = timbre_descriptor(falling_tone(.4, 12)).values;
    BOOST_TEST((slower[envelope + 11] - values[envelope + 11]).item<double>() == 6 * 2,
               boost::test_tools::tolerance(.1));
}

BOOST_AUTO_TEST_CASE(mixtures_are_farther_from_instruments_than_other_instruments) {
    const std::array pitches{50, 65};
    // Every family is in both sets.
    const std::vector<int> reference_programs{0,  4,  6,  8,  11, 13, 16, 19, 21, 25, 26, 29, 32, 40,  42,
                                              46, 49, 53, 56, 58, 61, 64, 68, 74, 80, 88, 90, 95, 105, 108};
    const std::vector<int> others{2, 9, 22, 24, 34, 41, 52, 57, 66, 73, 81, 89};
    std::vector<int> programs = reference_programs;
    programs.insert(programs.end(), others.begin(), others.end());
    std::vector<std::vector<RecordedNote>> notes(programs.size());
    parallel_for(programs.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad;
        const auto source = open_source(font + ":0:" + std::to_string(programs[i]));
        for (const int pitch : pitches) notes[i].push_back(record_note(*source, pitch, torch::kCPU).value());
    });
    const auto described = [&](size_t first, size_t count, const auto& spectrum) {
        std::vector<Tensor> all(count * pitches.size());
        parallel_for(all.size(), [&](size_t i) {
            const torch::NoGradGuard no_grad;
            all[i] = timbre_descriptor(spectrum(first + i / pitches.size(), i % pitches.size())).values;
        });
        return torch::stack(all).view({int64_t(count), int64_t(pitches.size()), -1});
    };
    const auto alone = [&](size_t i, size_t p) { return notes[i][p].spectrum; };
    const auto layered = [&](size_t i, size_t p) {
        const size_t next = i + 1 < notes.size() ? i + 1 : reference_programs.size();
        return layered_note(notes[i][p], notes[next][p], pitches[p], torch::kCPU);
    };
    const auto real = described(0, reference_programs.size(), alone);
    const FeatureSpace space(real, torch::ones({134}));
    const auto distance = [&](const Tensor& from) {
        return frechet_distance(gaussian_of(space(from).flatten(0, 1)), gaussian_of(space(real).flatten(0, 1))) /
               space.variance();
    };
    const double of_real = distance(described(reference_programs.size(), others.size(), alone));
    const double of_layers = distance(described(reference_programs.size(), others.size(), layered));
    BOOST_TEST_MESSAGE("of real notes " << of_real << ", of layers " << of_layers);
    BOOST_TEST(of_layers > 1.1 * of_real);
}

// Normalising by the level of one strong, randomly beating partial would modulate all bands together.
BOOST_AUTO_TEST_CASE(bands_of_interpolated_notes_move_together_hardly_more_than_recorded) {
    const torch::NoGradGuard no_grad;
    constexpr int pitch = 60;
    constexpr int64_t correlation = 32 * 3 + 13 + 8; // index of the mean correlation between bands
    const std::vector<int> programs{16, 48, 52, 60, 71, 73, 81, 89};
    std::vector<RecordedNote> notes;
    for (const int program : programs)
        notes.push_back(record_note(*open_source(font + ":0:" + std::to_string(program)), pitch, torch::kCPU).value());
    const auto network = load_note_model(TIMBREL_TEST_MODEL, torch::kCPU);
    std::vector<double> increase(notes.size());
    parallel_for(notes.size(), [&](size_t i) {
        const torch::NoGradGuard no_grad_here;
        const auto &a = notes[i], &b = notes[(i + 1) % notes.size()];
        const auto half = interpolated_notes(network, a, b, pitch, 0, torch::full({1, 2}, .5), torch::kCPU);
        const auto of = [](const NoteSpectrum& s) { return timbre_descriptor(s).values[correlation].item<double>(); };
        increase[i] = of(half[0]) - (of(a.spectrum) + of(b.spectrum)) / 2;
    });
    double mean = 0;
    for (const double m : increase) mean += m / double(increase.size());
    BOOST_TEST_MESSAGE("correlation higher by " << mean << " than in the recordings");
    BOOST_TEST(mean < .001);
}

BOOST_AUTO_TEST_SUITE_END()
