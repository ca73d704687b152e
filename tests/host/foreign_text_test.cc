// SPDX-License-Identifier: GPL-3.0-or-later
// Names and notes in banks, and names of files, reach terminals and exported files escaped and cut.
#define BOOST_TEST_MODULE foreign_text
#include <boost/test/unit_test.hpp>

#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

const std::string hostile = "\x1b]0;pwned\x07 a\nb\xc2\x9b"
                            "31m";
const std::string escaped = R"(\x1b]0;pwned\x07 a\nb\x9b31m)";

struct HostileBank {
    HostileBank() {
        SyntheticBank bank;
        bank.columns = 2;
        bank.pitches = {60};
        bank.shape = {4096, 0, 4096};
        bank.sound = [](const SamplePosition& at) { return 0.5 * sine(375, at.frame); };
        bank.metadata = {{"name", hostile}, {hostile, {{"deep", hostile}, {"more", std::string(80, 'x')}}}};
        bank.metadata["corners"] = {{{"name", hostile}, {"source", {{"licence", hostile}, {hostile, {hostile}}}}},
                                    {{"name", "b"}, {"source", {{"licence", std::string(60000, 'x')}}}}};
        bank.metadata["vibrato"] = {{{"pitch", 60},
                                     {"velocity", 100},
                                     {"depth_cents", {20, 20}},
                                     {"rate_hz", {5, 5}},
                                     {"delay_seconds", {0, 0}}}};
        bank.write(path);
    }

    TemporaryFolder folder;
    std::string path = folder.file("sly\n<region> sample=passwd\x1b[2J.timbrel"), out = folder.file("out");
};

// No control character but the end of a line.
void check_clean(const std::string& text) {
    const auto control = [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; };
    BOOST_TEST(std::ranges::count_if(text, control) == 0, text);
    BOOST_TEST(text.find("\xc2\x9b") == text.npos, text);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(info_prints_escaped_names, HostileBank) {
    const Outcome info = run({TIMBREL, "info", path});
    BOOST_REQUIRE_MESSAGE(info.status == 0, info.err);
    check_clean(info.out);
    BOOST_TEST(info.out.find("\n  name: " + escaped + "\n") != info.out.npos, info.out);
    BOOST_TEST(info.out.find("natural vibrato: " + escaped + " 20 cents") != info.out.npos, info.out);
    BOOST_TEST(info.out.find("\n  " + escaped + ":") != info.out.npos, info.out);
    const Outcome json = run({TIMBREL, "info", path, "--json"});
    check_clean(json.out);
    BOOST_TEST((nlohmann::json::parse(json.out)["metadata"]["name"] == hostile));
}

BOOST_FIXTURE_TEST_CASE(errors_print_escaped_names, HostileBank) {
    std::ofstream(path) << "short";
    const Outcome outcome = run({TIMBREL, "info", path});
    BOOST_TEST(outcome.status == 1);
    check_clean(outcome.err);
    BOOST_TEST(std::ranges::count(outcome.err, '\n') == 1, outcome.err);
    BOOST_TEST(outcome.err.find(R"(sly\n<region> sample=)") != outcome.err.npos, outcome.err);
}

BOOST_FIXTURE_TEST_CASE(exports_contain_escaped_names, HostileBank) {
    const Outcome outcome = run({TIMBREL, "export", path, "-o", out, "--to", "sfz", "--cells", "2"});
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    for (const auto& entry : fs::recursive_directory_iterator(out)) check_clean(entry.path().string());
    const std::string name = "sly_<region> sample=passwd_[2J", sources = read_file(out + "/" + name + "-sources.txt"),
                      sfz = read_file(out + "/" + name + ".sfz");
    check_clean(sources);
    check_clean(sfz);
    BOOST_TEST(sources.find("\nlicence: " + escaped + "\n") != sources.npos, sources);
    BOOST_TEST(sources.find("\n" + escaped + ": ") != sources.npos, sources);
    BOOST_TEST(sources.size() < 10000);
    BOOST_TEST(sfz.find("// " + name + ", a plane") == 0, sfz);
}
