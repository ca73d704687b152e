// SPDX-License-Identifier: GPL-3.0-or-later
// What `bench bake` prints.
#define BOOST_TEST_MODULE bench
#include <boost/test/unit_test.hpp>

#include "plugin/engine/bank/bank.h"
#include "tests/common/temporary_folder.h"
#include "tests/host/support/process.h"

#include <nlohmann/json.hpp>

using namespace timbrel::test;

namespace {

// Two notes of 4 cells, of one second each.
const std::vector<std::string> small = {TIMBREL_BAKE, "bench",        "bake", "--grid",    "2", "--pitches",
                                        "48,72",      "--velocities", "100",  "--seconds", "1"};

Outcome bench(const std::vector<std::string>& options) {
    std::vector<std::string> command = small;
    command.insert(command.end(), options.begin(), options.end());
    Outcome outcome = run(command);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return outcome;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_stages_add_up_to_the_cpu_time_of_the_bake) {
    const auto result = nlohmann::json::parse(bench({"--json"}).out);
    double sum = 0, rest = 0;
    for (const auto& stage : result["stages"]) {
        BOOST_TEST(stage["cpu_seconds"].get<double>() >= 0);
        if (stage["stage"] == "rest") rest = stage["cpu_seconds"];
        sum += stage["cpu_seconds"].get<double>();
    }
    for (const char* name : {"open", "record", "analyse", "encode", "decode", "mix", "synthesise", "write"})
        BOOST_TEST(std::ranges::any_of(result["stages"],
                                       [&](const auto& s) {
                                           return s["stage"] == name && s["cpu_seconds"].template get<double>() > 0;
                                       }),
                   name << " took no time");
    const double all = result["cpu_seconds"];
    BOOST_TEST(std::abs(sum - all) < .01 * all);
    BOOST_TEST(rest < .2 * all);
    // A loop's length is rounded to the pitch.
    BOOST_TEST(std::abs(result["audio_seconds"].get<double>() - 8) < .8);
    BOOST_TEST(result["times_real_time"].get<double>() > 0);
    BOOST_TEST(result["peak_memory_mb"].get<double>() > 50);
    for (const auto& limit : result["limits"]) BOOST_TEST(limit.get<double>() > 0);
}

BOOST_AUTO_TEST_CASE(the_table_is_of_the_bank_that_bake_writes) {
    const TemporaryFolder folder;
    const std::string output = folder.file("b.timbrel");
    const std::string table = bench({"-o", output}).out;
    BOOST_TEST(table.find("2 x 2 cells, 2 pitches, 1 velocities") != std::string::npos, table);
    BOOST_TEST(table.find("synthesise") != std::string::npos, table);
    const auto bank = timbrel::engine::Bank::open(output);
    BOOST_TEST(bank->cells() == 4u);
    BOOST_CHECK_NO_THROW(bank->verify_pcm());
}

BOOST_AUTO_TEST_CASE(an_option_that_bake_does_not_know_is_refused) {
    const Outcome refused = run({TIMBREL_BAKE, "bench", "bake", "--colour=red"});
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(refused.err.find("--colour") != std::string::npos, refused.err);
}
