// SPDX-License-Identifier: GPL-3.0-or-later
// A map that the command bakes of a folder: which sounds are neighbours, and how it plays.
#define BOOST_TEST_MODULE map
#include <boost/test/unit_test.hpp>

#include "common/units.h"
#include "common/wav_writer.h"
#include "plugin/engine/bank/bank.h"
#include "tests/common/temporary_folder.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

using namespace timbrel;
using namespace timbrel::test;

namespace {

constexpr int rate = 48000;
constexpr double darkest = 12, step = 6; // dB per octave

// C4. `tilt`: by how many dB per octave partials fall. A hollow sound has odd partials only.
void write_tone(const std::string& path, bool hollow, double tilt) {
    std::vector<float> sound(3 * rate);
    for (int k = 1; k <= 40; k += hollow ? 2 : 1)
        for (size_t i = 0; i < sound.size(); ++i)
            sound[i] += static_cast<float>(
                0.1 * std::pow(10, -tilt * std::log2(k) / 20) *
                std::sin(2 * std::numbers::pi * k * note_to_hertz(60) * static_cast<double>(i) / rate + k * k));
    WavWriter file(path, rate, 1, WavWriter::Format::pcm24);
    file.write(sound);
    file.finish();
}

struct Fixture {
    TemporaryFolder folder;
    std::string sounds = folder.file("sounds"), output = folder.file("b.timbrel");

    // Two kinds, the hollow one in a subfolder, each in three brightnesses.
    Fixture() {
        std::filesystem::create_directories(sounds + "/deep/er");
        for (const bool hollow : {false, true})
            for (int bright = 0; bright < 3; ++bright)
                write_tone(sounds + (hollow ? "/deep/er/hollow-" : "/full-") + std::to_string(bright) + ".wav", hollow,
                           darkest - step * bright);
    }

    Outcome map(const std::vector<std::string>& options) const {
        std::vector<std::string> command = {TIMBREL_BAKE,   "map", sounds,      "--grid", "2",  "--pitches", "60",
                                            "--velocities", "100", "--seconds", "1.5",    "-o", output};
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// One second of C4 at a position, without its start.
std::vector<float> played(const std::string& bank, float x, float y) {
    Player player(engine::Bank::open(bank));
    player.synth.wait_for_disk(true);
    player.set(engine::Parameter::x, x);
    player.set(engine::Parameter::y, y);
    player.play(rate / 2);
    player.note_on(60);
    player.play(rate);
    return {player.left.end() - rate / 2, player.left.end()};
}

// How much louder the even partials 2 and 4 are than the odd ones 3 and 5, in dB.
double evenness(const std::vector<float>& sound) {
    const auto level = [&](int k) { return db(fit_sinusoid(sound, k * note_to_hertz(60)).amplitude); };
    return (level(2) + level(4) - level(3) - level(5)) / 2;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_folder_becomes_a_map_whose_neighbours_sound_alike, Fixture) {
    std::ofstream(sounds + "/notes.txt") << "no sound";
    WavWriter silence(sounds + "/nothing_C4.wav", rate, 1, WavWriter::Format::pcm24);
    silence.write(std::vector<float>(rate));
    silence.finish();
    const Outcome outcome = map({"--size", "3x2"});
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    BOOST_TEST_MESSAGE(outcome.out << outcome.err);
    BOOST_TEST(contains(outcome.err, "left out: " + sounds + "/notes.txt"), outcome.err);
    BOOST_TEST(contains(outcome.err, "left out: " + sounds + "/nothing_C4.wav: is silent"), outcome.err);

    const auto bank = engine::Bank::open(output);
    const auto& corners = bank->metadata()["corners"];
    BOOST_REQUIRE(corners.size() == 6u);
    const auto name = [&](size_t place) { return corners[place]["name"].get<std::string>(); };
    // A row of each kind, dark to bright or bright to dark, the same in both.
    for (size_t x = 0; x < 3; ++x) {
        BOOST_TEST(name(x).back() == name(x + 3).back());
        BOOST_TEST(name(x).front() == name(0).front());
        BOOST_TEST(name(x + 3).front() == name(3).front());
    }
    BOOST_TEST(name(0).front() != name(3).front());
    BOOST_TEST(name(1).back() == '1');
    for (size_t place = 0; place < 6; ++place) BOOST_TEST(contains(outcome.out, name(place)), outcome.out);

    // It plays: C4, at the one edge with all partials, at the other with the odd ones, between them between.
    const bool hollow_is_north = name(0).front() == 'h';
    const auto full = played(output, .5f, hollow_is_north ? 0 : 1),
               hollow = played(output, .5f, hollow_is_north ? 1 : 0), middle = played(output, .5f, .5f);
    for (const auto* sound : {&full, &hollow, &middle})
        BOOST_TEST(db(fit_sinusoid(*sound, note_to_hertz(60)).amplitude) > -30);
    BOOST_TEST(std::fabs(evenness(full) - darkest / 4) < 3);
    BOOST_TEST(evenness(hollow) < -30);
    BOOST_TEST(evenness(middle) < evenness(full) - 6);
    BOOST_TEST(evenness(middle) > evenness(hollow) + 6);

    const auto steps = nlohmann::json::parse(run({TIMBREL_BAKE, "evaluate", output, "--json"}).out)["steps"];
    BOOST_TEST_MESSAGE(steps.dump());
    BOOST_TEST(steps["count"] == 7);
    BOOST_TEST(steps["median"].get<double>() > 1);
    BOOST_TEST(steps["largest"].get<double>() < 3 * steps["median"].get<double>());
}

BOOST_FIXTURE_TEST_CASE(too_few_sounds_and_wrong_sizes_are_refused_in_one_line, Fixture) {
    const auto check_refused = [&](const Outcome& refused, int status, const std::string& reason) {
        BOOST_TEST(refused.status == status);
        BOOST_TEST(contains(refused.err, reason), refused.err);
        BOOST_TEST(std::ranges::count(refused.err, '\n') == 1, refused.err);
        BOOST_TEST(!std::filesystem::exists(output));
    };
    check_refused(map({"--size", "4x2"}), 1, "a map of 4x2 needs 8 sounds; found: 6; give --size 3x2 or less");
    check_refused(map({"--size", "3by2"}), 2, "--size: '3by2': give the number of columns and rows");
    check_refused(map({"--size", "65x1"}), 2, "more than 64 columns or rows of cells");
    std::filesystem::remove_all(sounds);
    check_refused(map({}), 1, sounds + ": neither a folder nor an SF2 or SF3 font");
    std::filesystem::create_directory(sounds);
    check_refused(map({}), 1, "a map needs two sounds at least; found: 0");
}
