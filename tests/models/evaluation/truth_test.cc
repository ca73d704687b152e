// SPDX-License-Identifier: GPL-3.0-or-later
// The evaluation of truth: triples with known answers, the other methods, the tables and the sound files.
#include "models/audio/knobs/body.h"
#include "models/bake/baker.h"
#include "models/evaluation/truth/mean_transport.h"
#include "models/evaluation/truth/truth_sounds.h"
#include "models/synthesis/additive_synthesis.h"
#include "tests/models/evaluation/printed.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr int pitch = 52;
constexpr double f0 = 164.814; // Hz
constexpr double seconds = 2.8;

// Harmonics of f0 with amplitudes in dB.
Tensor tone(const std::function<double(double hz)>& level) {
    std::vector<double> hz, amplitude;
    for (int k = 1; k * f0 < 12000; ++k) {
        hz.push_back(k * f0);
        amplitude.push_back(std::pow(10, level(k * f0) / 20));
    }
    return test::tones(hz, amplitude, seconds).repeat({2, 1});
}

double octaves_above_f0(double hz) { return std::log2(hz / f0); }

// A tone whose spectrum falls by 6 to 12 dB per octave: what lies between is the mean in dB.
Tensor tilted(double setting) {
    return tone([=](double hz) { return -30 - (6 + 6 * setting) * octaves_above_f0(hz); });
}

// Odd partials at one end, even ones at the other, mixed in samples: what lies between is the layer.
Tensor crossfaded(double setting) {
    const auto half = [](int parity) {
        return tone(
            [=](double hz) { return std::lround(hz / f0) % 2 == parity ? -30 - 3 * octaves_above_f0(hz) : -120; });
    };
    return (1 - setting) * half(1) + setting * half(0);
}

// White noise that gets louder by 10 dB.
Tensor louder_noise(double setting) {
    return white_noise(int64_t(seconds * model_rate), 3) * (.01 * std::pow(10, 10 * setting / 20));
}

TruthTriple triple(const char* group, const char* family, Tensor (*play)(double)) {
    return {group, family, "synthetic", pitch, 100, [play] { return TruthTriple::Player(play); }};
}

NoteModelPtr network() { return load_note_model(TIMBREL_TEST_MODEL, torch::kCPU); }

double elsd(const nlohmann::json& family, const char* method, const char* position = "0.5") {
    return family["positions"][position][method]["elsd"].get<double>();
}

size_t peak_of(const std::vector<double>& cells) { return size_t(std::ranges::max_element(cells) - cells.begin()); }

// The fonts and synthesisers of the held-out instruments, some of which ./check does not install.
boost::test_tools::assertion_result has_corpus(boost::unit_test::test_unit_id) {
    try {
        held_out_instruments();
        training_instruments();
        return true;
    } catch (const std::exception& error) {
        boost::test_tools::assertion_result missing(false);
        missing.message() << error.what();
        return missing;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(truth)

BOOST_AUTO_TEST_CASE(transport_moves_a_peak) {
    std::vector<double> a(100, 0.), b(100, 0.);
    for (int i = -2; i <= 2; ++i) {
        a[size_t(20 + i)] = 4 * std::exp(-i * i);
        b[size_t(60 + i)] = std::exp(-i * i);
    }
    const auto sum = [](const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.); };
    for (const auto& [t, expected] : {std::pair{0., 20u}, {.25, 30u}, {.5, 40u}, {1., 60u}})
        BOOST_TEST_CONTEXT("t " << t) {
            const auto c = transported(a, b, t);
            BOOST_TEST(peak_of(c) == expected);
            BOOST_TEST(sum(c) == sum(a) * std::pow(.25, t), boost::test_tools::tolerance(1e-9));
            BOOST_TEST(c[expected] > .4 * sum(c)); // as narrow as both
        }
    const auto start = transported(a, b, 0);
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(start[i] - a[i]) < 1e-9);
    BOOST_TEST(sum(transported(a, std::vector(100, 0.), .5)) == 0);
}

BOOST_AUTO_TEST_CASE(transport_moves_a_resonance_of_notes) {
    const auto note = [](double centre) {
        NoteSpectrum s;
        s.f0 = 110;
        s.partials = harmonic_table(s.f0);
        const auto hz = to_tensor(s.partial_hz());
        const auto distance = torch::log2(hz / centre) * 4;
        s.partial = (.01 / (1 + distance.square())).repeat({10, 2, 1});
        s.noise = torch::full({10, 2, noise_bands}, 1e-6f);
        return s;
    };
    const auto between = transported(note(880), note(1760), .5);
    const auto peak = between.partial[5][0].slice(0, 0, between.partials.slots()).argmax().item<int64_t>();
    BOOST_TEST((peak + 1) * 110. > 1150);
    BOOST_TEST((peak + 1) * 110. < 1400);
    const auto unmoved = transported(note(880), note(880), .5);
    const auto slots = unmoved.partials.slots();
    const auto ratio = unmoved.partial.slice(2, 0, slots) / note(880).partial.slice(2, 0, slots);
    BOOST_TEST((20 * torch::log10(ratio)).abs().mean().item<double>() < .5);
}

BOOST_AUTO_TEST_CASE(synthetic_triples_have_the_known_distances) {
    const torch::NoGradGuard no_grad;
    BOOST_TEST(record_triple(triple("g", "noise", louder_noise)).distance_of_ends == 10,
               boost::test_tools::tolerance(.01));
    const auto j = evaluate_triples(
        network(), {triple("first", "tilt", tilted), triple("first", "crossfade", crossfaded)}, torch::kCPU);
    BOOST_REQUIRE_MESSAGE(j["left_out"].empty(), j["left_out"].dump());
    const auto &tilt = j["groups"][0]["families"][0], &crossfade = j["groups"][0]["families"][1];
    for (const char* position : truth_position_keys) {
        BOOST_TEST_MESSAGE("tilt, t " << position << ": " << tilt["positions"][position].dump());
        BOOST_TEST_MESSAGE("crossfade, t " << position << ": " << crossfade["positions"][position].dump());
        BOOST_TEST(elsd(crossfade, "layering", position) < 1e-3);
        BOOST_TEST(elsd(crossfade, "mean_in_db", position) > 5);
        BOOST_TEST(elsd(tilt, "mean_in_db", position) < elsd(tilt, "resynthesis", position) + .6);
        BOOST_TEST(elsd(tilt, "layering", position) > .5);
    }
    const auto& half_way = tilt["positions"]["0.5"];
    BOOST_TEST(half_way["ratio"].get<double>() == elsd(tilt, "network") / elsd(tilt, "mean_in_db"),
               boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(tables_name_every_family) {
    const torch::NoGradGuard no_grad;
    const auto silent = [](double) { return torch::zeros({2, int64_t(seconds * model_rate)}); };
    const auto j = evaluate_triples(network(),
                                    {triple("first group", "tilt of a tone", tilted),
                                     triple("second group", "crossfade of halves", crossfaded),
                                     triple("second group", "silent family", silent)},
                                    torch::kCPU);
    const auto text = test::printed([&] { print_truth(j); });
    for (const char* name : {"first group", "tilt of a tone", "second group", "crossfade of halves",
                             "left out: silent family: silent", "worst family: tilt of a tone", "t = 0.25", "t = 0.75"})
        BOOST_CHECK_MESSAGE(text.find(name) != std::string::npos, name << " is missing in\n" << text);
    BOOST_TEST(j["triples"].size() == 2u);
    BOOST_TEST(j["left_out"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(triples_are_not_trained_on, *boost::unit_test::precondition(has_corpus)) {
    const auto triples = truth_triples(Split::test);
    std::set<std::string> groups, bodies, trained;
    for (const auto& t : triples) {
        groups.insert(t.group);
        if (t.group == bodies_group) bodies.insert(t.family);
    }
    BOOST_TEST(groups.size() == 4u);
    for (const auto kind : audio::body_kinds) BOOST_TEST(bodies.contains(audio::name_of(kind)), audio::name_of(kind));
    for (const auto& i : training_instruments()) trained.insert(i.source + " " + i.name);
    for (const auto& t : triples)
        if (t.group == bodies_group)
            BOOST_TEST(!trained.contains(t.note.substr(0, t.note.rfind(','))), t.note << " is trained on");
}

BOOST_AUTO_TEST_CASE(five_triples_are_written_as_sounds, *boost::unit_test::precondition(has_corpus)) {
    const auto folder = std::filesystem::temp_directory_path() / ("truth-sounds-" + std::to_string(getpid()));
    const auto triples = demonstration_triples(truth_triples(Split::test));
    BOOST_REQUIRE(triples.size() == 5u);
    write_truth_sounds(network(), triples, folder, torch::kCPU);
    const auto count = [&](const char* extension) {
        return std::ranges::count_if(std::filesystem::directory_iterator(folder),
                                     [&](const auto& entry) { return entry.path().extension() == extension; });
    };
    BOOST_TEST(count(".wav") == 25);
    BOOST_TEST(count(".png") == 5);
    for (const char* sound : {"a", "mean-in-db", "network", "truth", "b"}) {
        const auto audio = audio::read_audio(folder / (std::string("formants-") + sound + ".wav"));
        BOOST_TEST(audio.seconds() == truth_seconds, boost::test_tools::tolerance(1e-3));
        BOOST_TEST(std::ranges::max(audio.left) > .02);
        BOOST_TEST(std::ranges::max(audio.left) < 1);
    }
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
