// SPDX-License-Identifier: GPL-3.0-or-later
// Gain, tuning and name of a corner, in a bank that the command bakes.
#define BOOST_TEST_MODULE source_options
#include <boost/test/unit_test.hpp>

#include "common/units.h"
#include "common/wav_writer.h"
#include "plugin/engine/bank/bank.h"
#include "tests/common/temporary_folder.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/measure.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <numbers>

using namespace timbrel;
using namespace timbrel::test;

namespace {

constexpr int rate = 48000;

// C4 with five partials.
std::string write_tone(const std::string& path) {
    std::vector<float> sound(3 * rate);
    for (size_t i = 0; i < sound.size(); ++i)
        for (int k = 1; k <= 5; ++k)
            sound[i] += static_cast<float>(
                0.1 * std::sin(2 * std::numbers::pi * k * note_to_hertz(60) * static_cast<double>(i) / rate));
    WavWriter file(path, rate, 1, WavWriter::Format::pcm24);
    file.write(sound);
    file.finish();
    return path;
}

struct Partial {
    double cents, level; // from C4, dB
};

// The strongest frequency of a cell near C4.
Partial fundamental(const engine::Bank& bank, uint32_t cell) {
    const engine::BankEntry& entry = bank.entry(0, cell);
    const std::vector<int16_t> pcm = bank.read_pcm(entry);
    std::vector<float> left;
    for (size_t i = 0; i < pcm.size(); i += 2) left.push_back(static_cast<float>(pcm[i]) / 32767 * entry.gain);
    const std::span<const float> steady = std::span<const float>(left).subspan(12000, 24000);
    Partial best{0, -200};
    for (double cents = -120; cents <= 120; ++cents) {
        const double level = db(fit_sinusoid(steady, note_to_hertz(60 + cents / 100)).amplitude);
        if (level > best.level) best = {cents, level};
    }
    return best;
}

struct Fixture {
    TemporaryFolder folder;
    std::string tone = write_tone(folder.file("tone-C4.wav")), output = folder.file("b.timbrel");
    Outcome bake(const std::vector<std::string>& options) const {
        std::vector<std::string> command = {TIMBREL_BAKE,   "bake", "--grid",    "2",   "--pitches", "60",
                                            "--velocities", "100",  "--seconds", "1.5", "-o",        output};
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_corner_has_its_gain_its_tuning_and_its_name, Fixture) {
    const std::string adjusted = "gain=-6:tune=40:name=Low%3A:" + tone;
    BOOST_REQUIRE(bake({"--map", "3x1", tone, adjusted, "tune=-100:" + tone}).status == 0);
    const auto bank = engine::Bank::open(output);
    const Partial plain = fundamental(*bank, 0), other = fundamental(*bank, 1), low = fundamental(*bank, 2);
    BOOST_TEST(std::fabs(plain.cents) <= 3);
    BOOST_TEST(std::fabs(other.cents - 40) <= 3);
    BOOST_TEST(std::fabs(low.cents + 100) <= 3);
    BOOST_TEST(std::fabs(other.level - plain.level + 6) < 0.5);
    BOOST_TEST(std::fabs(low.level - plain.level) < 0.5);
    const auto& about = bank->metadata();
    BOOST_TEST(about["corners"][0]["name"] == "tone-C4");
    BOOST_TEST(about["corners"][1]["name"] == "Low:");
    BOOST_TEST(about["recipe"]["sources"][1] == adjusted);
}

BOOST_FIXTURE_TEST_CASE(options_out_of_their_range_are_refused, Fixture) {
    const Outcome refused = bake({"--line", tone, "gain=13:" + tone});
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(refused.err.find("give gain=DB: from -24 to 12") != std::string::npos, refused.err);
    // The output is a source.
    std::filesystem::copy(tone, output);
    BOOST_TEST(bake({"--line", tone, "gain=3:" + output}).status == 2);
}
