// SPDX-License-Identifier: GPL-3.0-or-later
// Corners on recorded keys and between them.
#include "common/note_name.h"
#include "common/units.h"
#include "models/evaluation/corners/evaluate_corners.h"
#include "models/evaluation/corners/held_notes.h"
#include "models/morph/plane_sources.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <random>

using namespace timbrel;
using namespace timbrel::models;
namespace fs = std::filesystem;

namespace {

// A blown tone on any key: partials and breath through fixed resonances, a chiff, both channels apart. The partials
// fade out towards high frequencies: an edge, as where a sound is cut off at 15 kHz, would move with the transposed
// recording.
audio::Audio blown(int pitch, double seconds) {
    const double f0 = note_to_hertz(pitch);
    audio::Audio audio{48000, std::vector<float>(size_t(seconds * 48000)), {}};
    audio.right = audio.left;
    std::mt19937 random(unsigned(pitch) + 1); // other noise on every key
    std::normal_distribution<double> white;
    const auto level = [](double hz) {
        const double a = std::log2(hz / 900), b = std::log2(hz / 2500);
        return (.02 + .2 * std::exp(-a * a / .1) + .06 * std::exp(-b * b / .05)) / (1 + std::pow(hz / 4000, 6));
    };
    for (auto* channel : {&audio.left, &audio.right}) {
        double low = 0, band = 0; // a resonance at 1500 Hz colours the breath
        for (size_t i = 0; i < channel->size(); ++i) {
            const double t = double(i) / 48000, chiff = 1 + 8 * std::exp(-t / .01);
            const double high = white(random) - low - .5 * band;
            band += .195 * high;
            low += .195 * band;
            (*channel)[i] = float(.004 * chiff * band);
        }
    }
    for (int n = 1; n * f0 < 15000; ++n)
        for (size_t i = 0; i < audio.frames(); ++i) {
            const double t = double(i) / 48000, rise = 1 - std::exp(-t / .03);
            const float x = float(level(n * f0) * rise * std::sin(2 * std::numbers::pi * n * f0 * t + n * n));
            audio.left[i] += x, audio.right[i] += x;
        }
    return audio;
}

class Blown final : public audio::Source {
  public:
    std::string name() const override { return "blown"; }
    nlohmann::json provenance() const override { return {}; }
    audio::Recording note(int pitch, int velocity, double hold, double release) override {
        return {double(pitch), velocity, hold, blown(pitch, hold + release), name()};
    }
    std::vector<std::string> warnings() const override { return {}; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(corners)

BOOST_AUTO_TEST_CASE(a_corner_between_recorded_keys_is_nearly_as_true_as_on_them) {
    const CornerCase corner{"blown",          "test",   [] { return std::make_unique<Blown>(); },
                            {52, 55, 58, 61}, {55, 58}, {56, 57, 60}};
    const auto result = evaluate_corner_case(corner, torch::kCPU);
    BOOST_TEST_MESSAGE(result.dump());
    BOOST_TEST(result["rise"].get<double>() < 1);
    BOOST_TEST(result["transposed"]["elsd"].get<double>() < result["resampled"]["elsd"].get<double>() - .5);
    BOOST_TEST(result["between"]["elsd"].get<double>() < result["resynthesised"]["elsd"].get<double>() - .5);
    BOOST_TEST(result["between"]["attack_elsd"].get<double>() < result["on"]["attack_elsd"].get<double>() + 1);
}

BOOST_AUTO_TEST_CASE(a_folder_is_baked_at_its_keys_and_transposed_next_to_them) {
    const fs::path folder = fs::temp_directory_path() / ("timbrel-keys-" + std::to_string(getpid()));
    fs::create_directories(folder);
    for (const int pitch : {56, 59, 62}) audio::write_audio(folder / (note_name(pitch) + ".wav"), blown(pitch, 1.5));
    PlaneRecipe recipe;
    recipe.sources = {folder, folder};
    recipe.down = 1;
    recipe.seconds = .5;
    recipe.velocities = {100};
    auto opened = open_sources(recipe);
    const auto pitches = with_pitches(recipe, opened).pitches;
    for (const int pitch : {56, 59, 62}) BOOST_TEST(std::ranges::count(pitches, pitch) == 1);
    recipe.pitches = {53, 57, 59, 70};
    const PlaneSources sources(recipe, std::move(opened), torch::kCPU);
    for (const size_t p : {0u, 1u, 2u}) // up to three semitones away, the residual is there
        BOOST_TEST(sources.corners(p)[0][0].residual.defined(), recipe.pitches[p]);
    BOOST_TEST(!sources.corners(3)[0][0].residual.defined());
    const auto warnings = sources.warnings();
    const auto warns = [&](const char* text) {
        return std::ranges::any_of(warnings, [&](const auto& w) { return w.find(text) != std::string::npos; });
    };
    BOOST_TEST(warns("transposed from the nearest recordings: the notes F3 A3"));
    BOOST_TEST(warns("made from the nearest recordings: the notes A#4"));
    fs::remove_all(folder);
}

// Seven detuned saws: they beat, but do not die away unless `fall` says so, in dB per second.
class Saws final : public audio::Source {
  public:
    explicit Saws(double fall) : fall_(fall) {}
    std::string name() const override { return "saws"; }
    nlohmann::json provenance() const override { return {}; }
    audio::Recording note(int pitch, int velocity, double hold, double release) override {
        audio::Audio audio{48000, std::vector<float>(audio::source_frames(hold + release)), {}};
        for (const double cents : {-14., -9., -4., 0., 5., 9., 13.}) {
            const double f0 = note_to_hertz(pitch + cents / 100);
            for (int n = 1; n <= 3; ++n)
                for (size_t i = 0; i < audio.left.size(); ++i) {
                    const double t = double(i) / 48000;
                    audio.left[i] += float(.03 / n * std::min(1., t / .05) * std::pow(10, -fall_ * t / 20) *
                                           std::sin(2 * std::numbers::pi * n * f0 * t + n * cents));
                }
        }
        audio.right = audio.left;
        return {double(pitch), velocity, hold, audio, name()};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    double fall_;
};

BOOST_AUTO_TEST_CASE(what_is_held_keeps_its_level_and_what_falls_falls) {
    for (const double fall : {0., 4.}) {
        const auto notes =
            evaluate_held_case({"saws", "saws", [fall] { return std::make_unique<Saws>(fall); }}, torch::kCPU);
        BOOST_REQUIRE(notes.size() == 4u);
        for (const auto& note : notes) {
            BOOST_TEST_MESSAGE(note.dump());
            const double original = note["original"]["fall"], corner = note["corner"]["fall"];
            BOOST_TEST(std::abs(original - fall) < 1, "key " << note["key"] << ": " << original);
            BOOST_TEST(corner < 1.6 * fall + .3, "key " << note["key"] << ": " << corner);
            BOOST_TEST(corner > fall / 1.6 - .3, "key " << note["key"] << ": " << corner);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
