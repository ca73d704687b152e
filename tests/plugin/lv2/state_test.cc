// SPDX-License-Identifier: GPL-3.0-or-later
// States: banks that were moved, are missing, or return.
#define BOOST_TEST_MODULE state
#include <boost/test/unit_test.hpp>

#include "common/error.h"
#include "host/lv2/instance.h"
#include "host/lv2/state.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/lv2/shared/bank_search.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;
namespace fs = std::filesystem;

namespace {

struct Session {
    Session() {
        write_tone_bank(path);
        fs::create_directory(folder.file("banks"));
        setenv("TIMBREL_BANKS", folder.file("banks").c_str(), 1);
    }
    TemporaryFolder folder;
    std::string path = folder.file("tones.timbrel"), moved_path = folder.file("banks/renamed.timbrel");
};

RawHost::State saved_with(const std::string& bank) {
    RawHost host;
    host.activate();
    host.set_bank(bank);
    BOOST_REQUIRE(host.wait_for_bank());
    return host.save();
}

double loudness(RawHost& host) {
    host.left.clear();
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    return peak(host.left);
}

// A new instance with this state finds and plays the bank at `expected`.
void check_plays(const RawHost::State& state, const std::string& expected,
                 const LV2_Feature* const* features = nullptr) {
    RawHost host;
    host.restore(state, features);
    host.activate();
    BOOST_TEST(loudness(host) > 0.1);
    BOOST_TEST(host.properties[lv2::bank_property] == expected);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_state_names_the_bank_and_its_id, Session) {
    const auto state = saved_with(path);
    BOOST_TEST(std::string(state.at(lv2::bank_property).bytes.c_str()) == path);
    BOOST_TEST(std::string(state.at(lv2::bank_id_property).bytes.c_str()) ==
               lv2::bank_id(timbrel::engine::Bank::open(path)->head_hash()));
}

BOOST_FIXTURE_TEST_CASE(paths_go_through_the_host, Session) {
    struct Mapper {
        int given = 0, freed = 0;
        std::string path;
    } mapper{0, 0, path};
    LV2_State_Map_Path map{&mapper,
                           [](auto self, const char*) {
                               ++static_cast<Mapper*>(self)->given;
                               return strdup("short");
                           },
                           [](auto self, const char*) {
                               ++static_cast<Mapper*>(self)->given;
                               return strdup(static_cast<Mapper*>(self)->path.c_str());
                           }};
    LV2_State_Free_Path release{&mapper, [](auto self, char* text) {
                                    std::free(text);
                                    ++static_cast<Mapper*>(self)->freed;
                                }};
    const LV2_Feature mapping{LV2_STATE__mapPath, &map}, freeing{LV2_STATE__freePath, &release};
    const LV2_Feature* const features[] = {&mapping, &freeing, nullptr};
    RawHost host;
    host.activate();
    host.set_bank(path);
    BOOST_REQUIRE(host.wait_for_bank());
    const auto state = host.save(features);
    BOOST_TEST(std::string(state.at(lv2::bank_property).bytes.c_str()) == "short");
    BOOST_TEST((state.at(lv2::bank_property).flags & LV2_STATE_IS_PORTABLE) != 0u);
    RawHost again;
    again.restore(state, features);
    again.activate();
    BOOST_TEST(loudness(again) > 0.1);
    BOOST_TEST(mapper.given > 1);
    BOOST_TEST(mapper.freed == mapper.given);
}

namespace {

// A host that stores states deep inside its session's folder, with links to files outside it, as Ardour does.
struct LinkingHost : Session {
    LinkingHost() { fs::create_directories(state_folder("one")); }
    std::string state_folder(const std::string& session) const { return folder.file(session + "/plugins/1/state1"); }
    // `session`: the session folder's current name.
    const LV2_Feature* const* features(const std::string& session) {
        current_folder = state_folder(session);
        return all;
    }
    RawHost::State save() {
        RawHost host;
        host.activate();
        host.set_bank(path);
        BOOST_REQUIRE(host.wait_for_bank());
        return host.save(features("one"));
    }
    std::string current_folder;
    LV2_State_Map_Path map{this,
                           [](auto self, const char* path) {
                               const fs::path link =
                                   static_cast<LinkingHost*>(self)->current_folder / fs::path(path).filename();
                               fs::remove(link);
                               fs::create_symlink(fs::relative(path, link.parent_path()), link);
                               return strdup(link.filename().c_str());
                           },
                           [](auto self, const char* path) {
                               return strdup((static_cast<LinkingHost*>(self)->current_folder + "/" + path).c_str());
                           }};
    const LV2_Feature mapping{LV2_STATE__mapPath, &map};
    const LV2_Feature* const all[2] = {&mapping, nullptr};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_file_is_named_and_not_the_hosts_link_to_it, LinkingHost) {
    check_plays(save(), path, features("one"));
}

BOOST_FIXTURE_TEST_CASE(the_file_is_named_as_it_was_chosen, LinkingHost) {
    fs::create_directory_symlink(folder.file(""), folder.file("disk"));
    path = folder.file("disk/tones.timbrel");
    const auto state = save();
    check_plays(state, path, features("one"));
}

BOOST_FIXTURE_TEST_CASE(a_session_that_moves_away_from_its_links_finds_the_bank, LinkingHost) {
    const auto state = save();
    fs::create_directory(folder.file("far"));
    fs::rename(folder.file("one"), folder.file("far/two"));
    RawHost host;
    host.restore(state, features("far/two"));
    host.activate();
    BOOST_TEST(loudness(host) > 0.1);
    BOOST_TEST(host.properties[lv2::bank_property] == path);
    BOOST_TEST(host.state_changes == 0);
}

BOOST_FIXTURE_TEST_CASE(a_bank_next_to_the_session_or_in_it_is_found, LinkingHost) {
    const auto state = save();
    fs::create_directory(folder.file("far"));
    fs::rename(folder.file("one"), folder.file("far/two"));
    std::string last = path;
    for (const char* file : {"far/renamed.timbrel", "far/two/renamed.timbrel", "far/two/plugins/1/state1/it.timbrel"}) {
        fs::rename(last, folder.file(file));
        last = folder.file(file);
        check_plays(state, last, features("far/two"));
    }
}

BOOST_FIXTURE_TEST_CASE(a_moved_and_renamed_bank_is_found_by_its_id, Session) {
    const auto state = saved_with(path);
    fs::rename(path, moved_path);
    check_plays(state, moved_path);
}

BOOST_FIXTURE_TEST_CASE(another_bank_of_the_same_name_is_not_used_instead, Session) {
    const auto state = saved_with(path);
    fs::rename(path, moved_path);
    write_tone_bank(path, 0.02);
    RawHost host;
    host.restore(state);
    host.activate();
    BOOST_TEST(loudness(host) > 0.1);
}

BOOST_FIXTURE_TEST_CASE(a_missing_bank_is_waited_for, Session) {
    const auto state = saved_with(path);
    const std::string away = folder.file("away");
    fs::rename(path, away);
    RawHost host;
    host.restore(state);
    host.activate();
    BOOST_TEST(loudness(host) == 0.0);
    BOOST_TEST(host.properties[lv2::message_property].find("tones.timbrel: missing") != std::string::npos);
    // A state saved now still contains it.
    BOOST_TEST(host.save().at(lv2::bank_property).bytes == state.at(lv2::bank_property).bytes);
    BOOST_TEST(host.save().at(lv2::bank_id_property).bytes == state.at(lv2::bank_id_property).bytes);
    fs::rename(away, path);
    BOOST_TEST(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::message_property] == "");
    BOOST_TEST(loudness(host) > 0.1);
    BOOST_TEST(host.state_changes == 0);
}

BOOST_FIXTURE_TEST_CASE(the_host_is_notified_of_changes_that_it_did_not_make, Session) {
    RawHost host;
    host.activate();
    host.set_bank(path);
    BOOST_REQUIRE(host.wait_for_bank());
    BOOST_TEST(host.state_changes == 1);
    host.set_bank(path);
    BOOST_REQUIRE(host.wait_for_bank());
    host.set_bank(folder.file("none.timbrel"));
    BOOST_REQUIRE(host.wait_for_bank());
    BOOST_TEST(host.state_changes == 1);
    const auto state = host.save();
    fs::rename(path, moved_path);
    host.midi(0, {0xc0, 0});
    BOOST_REQUIRE(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::bank_property] == moved_path);
    BOOST_TEST(host.state_changes == 2);
    host.restore(state);
    host.restore({});
    BOOST_REQUIRE(host.wait_for_bank());
    BOOST_TEST(host.state_changes == 2);
    // A full notify port only postpones the notification.
    host.notify_capacity = 24;
    host.set_bank("");
    for (int i = 0; i < 50; ++i) host.run(64), std::this_thread::sleep_for(std::chrono::milliseconds(2));
    BOOST_TEST(host.state_changes == 2);
    host.notify_capacity = 8192;
    host.run(64);
    BOOST_TEST(host.state_changes == 3);
}

namespace {

// A plugin in the project's host.
struct HostedPlugin {
    HostedPlugin() : instance(world, world.timbrel_plugin(), urids, {48000, 512, 512, host::Worker::Mode::offline}) {
        instance.set_control(instance.find("freewheel")->index, 1);
    }
    // Loads the bank and sets X to 1/4.
    void set(const std::string& bank) {
        instance.activate();
        instance.set_control(instance.find("x")->index, 0.25f);
        instance.send_path(lv2::bank_property, bank);
        instance.begin_block();
        instance.run(64);
    }
    double play() {
        instance.activate();
        std::vector<float> left(512);
        instance.connect_audio(instance.find("out_left")->index, left.data());
        instance.begin_block();
        const std::byte note[] = {std::byte{0x90}, std::byte{69}, std::byte{100}};
        instance.midi(0, note);
        instance.run(512);
        return peak(left);
    }
    host::World world;
    host::UridTable urids;
    host::Instance instance;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_state_file_moves_with_its_folder, Session) {
    fs::create_directory(folder.file("session"));
    const std::string bank = folder.file("session/tones.timbrel");
    fs::rename(path, bank);
    {
        HostedPlugin host;
        host.set(bank);
        save_state(host.world, host.urids, host.instance, folder.file("session/state.ttl"));
    }
    fs::rename(folder.file("session"), folder.file("moved"));
    BOOST_TEST(std::distance(fs::directory_iterator(folder.file("moved")), fs::directory_iterator()) == 2);
    HostedPlugin host;
    load_state(host.world, host.urids, host.instance, folder.file("moved/state.ttl"));
    BOOST_TEST(host.play() > 0.1);
    BOOST_TEST(host.instance.control(host.instance.find("x")->index) == 0.25f);
}

BOOST_FIXTURE_TEST_CASE(a_bank_outside_the_folder_stays_where_it_is, Session) {
    fs::create_directories(folder.file("a/b"));
    {
        HostedPlugin host;
        host.set(path);
        save_state(host.world, host.urids, host.instance, folder.file("a/b/state.ttl"));
    }
    fs::rename(folder.file("a/b"), folder.file("c"));
    HostedPlugin host;
    load_state(host.world, host.urids, host.instance, folder.file("c/state.ttl"));
    BOOST_TEST(host.play() > 0.1);
}

BOOST_FIXTURE_TEST_CASE(invalid_states_are_refused, Session) {
    HostedPlugin host;
    BOOST_CHECK_THROW(load_state(host.world, host.urids, host.instance, path), timbrel::Error);
    BOOST_CHECK_THROW(load_state(host.world, host.urids, host.instance, folder.file("none.ttl")), timbrel::Error);
    BOOST_CHECK_THROW(save_state(host.world, host.urids, host.instance, folder.file("none/state.ttl")), timbrel::Error);
}
