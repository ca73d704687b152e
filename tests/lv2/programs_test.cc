// Program changes choose among the installed banks.
#define BOOST_TEST_MODULE lv2_programs
#include <boost/test/unit_test.hpp>

#include "tests/engine/measure.h"
#include "tests/host/songs.h"
#include "tests/lv2/raw_host.h"

#include <cstdlib>
#include <filesystem>
#include <thread>

using namespace timbrel::test;
using namespace timbrel;
namespace fs = std::filesystem;

namespace {

// Two folders with 2 and 128 banks; each folder's come by name.
struct Folders {
    Folders() {
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
        BOOST_TEST(host.told[lv2::bank_property] == expected);
        BOOST_TEST(host.told[lv2::message_property] == "");
    }
    void check_nothing_changes() {
        host.told.clear();
        for (int i = 0; i < 30; ++i) {
            host.run(64);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        BOOST_TEST(!host.told.contains(lv2::bank_property));
    }
    TemporaryFolder folder;
    RawHost host;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(programs_are_counted_over_the_folders, Folders) {
    host.midi(0, {0xc0, 1});
    check_plays(path("one", 1));
    host.midi(0, {0xc5, 0}); // any channel
    check_plays(path("one", 0));
    host.midi(0, {0xc0, 5});
    check_plays(path("two", 3));
    host.midi(0, {0xb0, 32, 1});
    host.midi(0, {0xc1, 2}); // bank select is each channel's own
    check_plays(path("two", 0));
    host.midi(0, {0xc0, 1});
    check_plays(path("two", 127));
    host.left.clear();
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.08);
}

BOOST_FIXTURE_TEST_CASE(programs_that_there_are_not_change_nothing, Folders) {
    host.midi(0, {0xc0, 0});
    check_plays(path("one", 0));
    host.midi(0, {0xb0, 32, 1}), host.midi(0, {0xc0, 2}); // one past the last
    check_nothing_changes();
    host.midi(0, {0xb0, 0, 127}), host.midi(0, {0xb0, 32, 127}), host.midi(0, {0xc0, 127});
    check_nothing_changes();
    host.midi(0, {0xc2}), host.midi(0, {0xc2, 200}), host.midi(0, {0xc2, 1, 1}); // malformed
    check_nothing_changes();
}

BOOST_FIXTURE_TEST_CASE(the_chosen_bank_is_in_the_state, Folders) {
    host.midi(0, {0xc0, 1});
    check_plays(path("one", 1));
    RawHost again;
    again.restore(host.save());
    again.activate();
    again.run(64);
    BOOST_TEST(again.told[lv2::bank_property] == path("one", 1));
}

BOOST_FIXTURE_TEST_CASE(the_later_of_two_choices_wins, Folders) {
    host.midi(0, {0xc0, 0});
    host.set_bank(path("two", 7));
    // The first may have been told of already when the second is.
    for (int i = 0; i < 2000 && host.told[lv2::bank_property] != path("two", 7); ++i)
        host.run(64), std::this_thread::sleep_for(std::chrono::milliseconds(2));
    for (int i = 0; i < 50; ++i) host.run(64), std::this_thread::sleep_for(std::chrono::milliseconds(2));
    BOOST_TEST(host.told[lv2::bank_property] == path("two", 7));
}
