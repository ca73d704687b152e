// SPDX-License-Identifier: GPL-3.0-or-later
// The window's end of baking with the real service: stages, refusals, cancelling, crashes.
#define BOOST_TEST_MODULE bake_client
#include <boost/test/unit_test.hpp>

#include "plugin/engine/bank/bank.h"
#include "plugin/ui/baking/bake_client.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/ui/bake_service.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::test;
using nlohmann::json;

namespace {

constexpr char font[] = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

struct Fixture {
    std::vector<std::string> bake(const std::string& output, const std::string& grid = "4") const {
        return {"--line",
                std::string(font) + ":0:71",
                std::string(font) + ":0:48",
                "--grid",
                grid,
                "--pitches",
                "60,74",
                "--velocities",
                "60,90",
                "--seconds",
                "1",
                "-o",
                output};
    }

    TemporaryFolder folder;
    BakeServiceFolder service{folder.file("")};
    ui::BakeClient client;
};

// Takes messages until `until` is true of one or the bake has ended.
std::vector<json> take_messages(ui::BakeClient& client, const std::function<bool(const json&)>& until) {
    std::vector<json> messages;
    for (int i = 0; i < 12000; ++i) {
        while (const auto message = client.next_message()) {
            messages.push_back(*message);
            if (until(*message)) return messages;
        }
        if (!client.running()) return messages;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_FAIL("the service sends nothing");
    return messages;
}

std::vector<json> take_all(ui::BakeClient& client) {
    return take_messages(client, [](const json&) { return false; });
}

bool is_progress(const json& message) { return message.contains("done"); }

} // namespace

BOOST_FIXTURE_TEST_CASE(every_stage_plays_and_the_last_is_the_bank_of_the_command, Fixture) {
    std::filesystem::create_directory(folder.file("command"));
    const std::string served = folder.file("small.timbrel"), commanded = folder.file("command/small.timbrel");
    client.start(bake(served));
    size_t cells = 0, stages = 0;
    const auto messages = take_messages(client, [&](const json& message) {
        if (message.contains("bank")) {
            const auto bank = engine::Bank::open(message.at("bank").get<std::string>());
            const size_t now = size_t{bank->columns()} * bank->rows() * bank->pitches().size();
            BOOST_TEST(now >= cells);
            cells = now;
            ++stages;
        }
        return false;
    });
    BOOST_REQUIRE(!messages.empty());
    BOOST_TEST(messages.back().contains("finished"), messages.back().dump());
    BOOST_TEST(stages >= 3u);
    std::vector<std::string> command = bake(commanded);
    command.insert(command.begin(), {std::string(BAKE_FOLDER) + "/timbrel-bake", "bake"});
    BOOST_TEST(run(command).status == 0);
    BOOST_TEST((read_file(served) == read_file(commanded)));
}

BOOST_FIXTURE_TEST_CASE(a_sound_that_cannot_be_used_is_named, Fixture) {
    auto arguments = bake(folder.file("small.timbrel"));
    arguments[2] = "/nowhere/to be found.wav";
    client.start(arguments);
    const auto messages = take_all(client);
    BOOST_REQUIRE(messages.size() == 2);
    BOOST_TEST(messages[0].at("refused") == 1);
    BOOST_TEST(messages[0].at("why").get<std::string>().find("to be found.wav") != std::string::npos);
    BOOST_TEST(messages[1].contains("error"));
    BOOST_TEST(!std::filesystem::exists(folder.file("small.timbrel")));
}

BOOST_FIXTURE_TEST_CASE(bakes_wait_for_each_other_and_end_with_their_window, Fixture) {
    client.start(bake(folder.file("large.timbrel"), "33"));
    BOOST_TEST(!take_messages(client, is_progress).empty());
    ui::BakeClient other;
    other.start(bake(folder.file("small.timbrel"), "2"));
    const auto first = take_messages(other, [](const json&) { return true; });
    BOOST_REQUIRE(first.size() == 1);
    BOOST_TEST(first[0].contains("waiting"), first[0].dump());
    client.cancel();
    const auto rest = take_all(other);
    BOOST_REQUIRE(!rest.empty());
    BOOST_TEST(rest.back().contains("finished"), rest.back().dump());
}

namespace {

// Waits until a process that bakes, or is about to, has ended with its window.
bool bakes_end(const BakeServiceFolder& service) {
    for (int i = 0; i < 1000 && service.count() > 1; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return service.count() <= 1; // the service itself
}

} // namespace

BOOST_FIXTURE_TEST_CASE(bakes_that_are_killed_at_any_moment_are_reported_and_the_next_one_works, Fixture) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> milliseconds(0, 700); // from the service's start to the first notes
    for (int again = 0; again < 10; ++again) {
        client.start(bake(folder.file("large.timbrel"), "33"));
        const auto kill = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds(random));
        while (std::chrono::steady_clock::now() < kill) {
            client.next_message();
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        service.signal(SIGKILL);
        // A bake that has not answered yet is asked for again.
        const auto rest = take_messages(client, is_progress);
        BOOST_REQUIRE(!rest.empty());
        BOOST_TEST((rest.back().contains("error") || rest.back().contains("done")), rest.back().dump());
    }
    client.start(bake(folder.file("small.timbrel"), "2"));
    const auto messages = take_all(client);
    BOOST_REQUIRE(!messages.empty());
    BOOST_TEST(messages.back().contains("finished"), messages.back().dump());
    BOOST_TEST(no_part_in(folder.file("")));
}

BOOST_FIXTURE_TEST_CASE(windows_that_are_killed_at_any_moment_leave_no_bake, Fixture) {
    std::mt19937 random(2);
    std::uniform_int_distribution<int> milliseconds(0, 700);
    for (int again = 0; again < 10; ++again) {
        const pid_t window = fork();
        if (window == 0) {
            ui::BakeClient killed;
            killed.start(bake(folder.file("large.timbrel"), "33"));
            for (;;) {
                killed.next_message();
                usleep(5000);
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random)));
        kill(window, SIGKILL);
        waitpid(window, nullptr, 0);
        BOOST_TEST(bakes_end(service));
    }
    client.start(bake(folder.file("small.timbrel"), "2"));
    const auto messages = take_all(client);
    BOOST_REQUIRE(!messages.empty());
    BOOST_TEST(messages.back().contains("finished"), messages.back().dump());
}
