// SPDX-License-Identifier: GPL-3.0-or-later
// A bank's bytes do not depend on the instruction set that libraries choose.
#define BOOST_TEST_MODULE instruction_set
#include <boost/test/unit_test.hpp>

#include "tests/common/temporary_folder.h"
#include "tests/host/support/process.h"

using namespace timbrel::test;

namespace {

// Bakes with these environment variables. Returns the bytes of the bank.
std::string baked(const std::vector<std::string>& environment) {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    const TemporaryFolder folder;
    const std::string bank = folder.file("b.timbrel");
    std::vector<std::string> command = environment;
    for (const std::string& word :
         {std::string(TIMBREL_BAKE), std::string("bake"), std::string("--line"), font + ":0:73", font + ":0:0",
          std::string("--grid"), std::string("3"), std::string("--pitches"), std::string("60"),
          std::string("--velocities"), std::string("100"), std::string("--seconds"), std::string("1"),
          std::string("-o"), bank})
        command.push_back(word);
    const Outcome outcome = run(command);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return read_file(bank);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_environment_does_not_change_the_bytes) {
    const std::string plain = baked({});
    const std::string oldest =
        baked({"OPENBLAS_CORETYPE=Prescott", "DNNL_MAX_CPU_ISA=SSE41", "ATEN_CPU_CAPABILITY=default"});
    const std::string newest = baked({"OPENBLAS_CORETYPE=SkylakeX", "ATEN_CPU_CAPABILITY=avx512"});
    BOOST_TEST(plain.size() > 100000);
    BOOST_TEST((oldest == plain));
    BOOST_TEST((newest == plain));
}

BOOST_AUTO_TEST_CASE(training_keeps_the_libraries_choice) {
    const auto core = [](const std::string& command) {
        const Outcome outcome =
            run({"OPENBLAS_VERBOSE=2", "OPENBLAS_CORETYPE=Nehalem", TIMBREL_BAKE, command, "--help"});
        BOOST_REQUIRE(outcome.status == 0);
        return outcome.err;
    };
    BOOST_TEST(core("train").find("Core: Nehalem") != std::string::npos);
    BOOST_TEST(core("bake").find("Core: Nehalem") == std::string::npos);
}
