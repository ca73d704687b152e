// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI program changes select installed banks.
#define BOOST_TEST_MODULE lv2_programs
#include <boost/test/unit_test.hpp>

#include "plugin/lv2/midnam.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;
namespace fs = std::filesystem;

namespace {

// Two bank folders with 2 and 128 banks; programs count them in the order of folders and names.
struct BankFolders {
    BankFolders() {
        for (const char* name : {"one", "two"}) fs::create_directory(folder.file(name));
        write_tone_bank(path("one", 0), 0.05);
        write_tone_bank(path("one", 1), 0.1);
        for (int i = 0; i < 128; ++i) fs::create_hard_link(path("one", i % 2), path("two", i));
        setenv("TIMBREL_BANKS", (folder.file("one") + ":" + folder.file("two")).c_str(), 1);
        setenv("XDG_DATA_HOME", "/nowhere", 1);
        setenv("XDG_DATA_DIRS", "/nowhere", 1);
        host.activate();
    }
    std::string path(const std::string& where, int number) const {
        return folder.file(where + "/" + std::to_string(1000 + number) + ".timbrel");
    }
    void check_plays(const std::string& expected) {
        BOOST_REQUIRE(host.wait_for_bank());
        BOOST_TEST(host.properties[lv2::bank_property] == expected);
        BOOST_TEST(host.properties[lv2::message_property] == "");
    }
    void check_nothing_changes() {
        host.properties.clear();
        for (int i = 0; i < 30; ++i) {
            host.run(64);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        BOOST_TEST(!host.properties.contains(lv2::bank_property));
    }
    TemporaryFolder folder;
    RawHost host;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(programs_are_counted_over_the_folders, BankFolders) {
    host.midi(0, {0xc0, 1});
    check_plays(path("one", 1));
    host.midi(0, {0xc5, 0}); // any channel
    check_plays(path("one", 0));
    host.midi(0, {0xc0, 5});
    check_plays(path("two", 3));
    host.midi(0, {0xb0, 32, 1});
    host.midi(0, {0xc1, 2}); // bank select applies to one channel
    check_plays(path("two", 0));
    host.midi(0, {0xc0, 1});
    check_plays(path("two", 127));
    host.left.clear();
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.08);
}

BOOST_FIXTURE_TEST_CASE(programs_without_a_bank_change_nothing, BankFolders) {
    host.midi(0, {0xc0, 0});
    check_plays(path("one", 0));
    host.midi(0, {0xb0, 32, 1}), host.midi(0, {0xc0, 2}); // one past the last
    check_nothing_changes();
    host.midi(0, {0xb0, 0, 127}), host.midi(0, {0xb0, 32, 127}), host.midi(0, {0xc0, 127});
    check_nothing_changes();
    host.midi(0, {0xc2}), host.midi(0, {0xc2, 200}), host.midi(0, {0xc2, 1, 1}); // malformed
    check_nothing_changes();
}

BOOST_FIXTURE_TEST_CASE(hosts_can_name_the_programs, BankFolders) {
    fs::rename(path("one", 1), folder.file("one/\"Rock\" & <Roll>.timbrel"));
    const auto& names = *static_cast<const lv2::MidnamInterface*>(host.extension(lv2::midnam_interface_uri));
    char* const document = names.midnam(host.handle());
    char* const model = names.model(host.handle());
    const std::string text = document, name = model;
    names.free(document), names.free(model);
    BOOST_TEST(text.find("<Model>" + name + "</Model>") != std::string::npos);
    const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
    BOOST_TEST(has("<Patch Number=\"0\" Name=\"&quot;Rock&quot; &amp; &lt;Roll>\" ProgramChange=\"0\"/>"));
    BOOST_TEST(has("<Patch Number=\"1\" Name=\"1000\" ProgramChange=\"1\"/>"));
    // The programs beyond 128 follow after the next bank select, from program 0 on.
    const size_t second = text.find("<ControlChange Control=\"32\" Value=\"1\"/>");
    BOOST_REQUIRE(second != std::string::npos);
    BOOST_TEST(text.find("<Patch Number=\"0\" Name=\"1126\" ProgramChange=\"0\"/>") > second);
    BOOST_TEST(text.find("<Patch Number=\"1\" Name=\"1127\" ProgramChange=\"1\"/>") > second);
    BOOST_TEST(!has("Value=\"2\""));
    RawHost other;
    char* const another = names.model(other.handle());
    BOOST_TEST(name != another);
    names.free(another);
    const std::string file = folder.file("names.midnam");
    std::ofstream(file) << text;
    BOOST_TEST(run({"python3", "-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", file}).status ==
               0);
}

BOOST_FIXTURE_TEST_CASE(the_chosen_bank_is_in_the_state, BankFolders) {
    host.midi(0, {0xc0, 1});
    check_plays(path("one", 1));
    RawHost again;
    again.restore(host.save());
    again.activate();
    again.run(64);
    BOOST_TEST(again.properties[lv2::bank_property] == path("one", 1));
}

BOOST_FIXTURE_TEST_CASE(the_later_of_two_choices_wins, BankFolders) {
    host.midi(0, {0xc0, 0});
    host.set_bank(path("two", 7));
    // The plugin may notify the first bank before the second.
    for (int i = 0; i < 2000 && host.properties[lv2::bank_property] != path("two", 7); ++i)
        host.run(64), std::this_thread::sleep_for(std::chrono::milliseconds(2));
    for (int i = 0; i < 50; ++i) host.run(64), std::this_thread::sleep_for(std::chrono::milliseconds(2));
    BOOST_TEST(host.properties[lv2::bank_property] == path("two", 7));
}
