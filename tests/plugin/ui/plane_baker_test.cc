// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks of the bake service, and how it shows the answers; the service is one of the test.
#define BOOST_TEST_MODULE plane_baker
#include <boost/test/unit_test.hpp>

#include "common/programs/bake_service.h"
#include "plugin/ui/baking/plane_baker.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/ui/scenes.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace timbrel;
using namespace timbrel::test;
using namespace timbrel::ui;
using nlohmann::json;

namespace {

struct Service {
    Service() {
        const std::string path = bake_service_path();
        const sockaddr_un address = socket_address(path);
        BOOST_REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(listen(listener, 4) == 0);
    }
    ~Service() {
        close(listener);
        if (window >= 0) close(window);
    }
    // Takes the next window's request.
    std::vector<std::string> request(const char* kind = "bake") {
        if (window >= 0) close(window);
        window = accept(listener, nullptr, nullptr);
        std::string line;
        for (char c; recv(window, &c, 1, 0) == 1 && c != '\n';) line += c;
        return json::parse(line).at(kind).get<std::vector<std::string>>();
    }
    void answer(const std::string& text) const { send(window, text.data(), text.size(), MSG_NOSIGNAL); }
    // Whether the window has closed its connection.
    bool left() const {
        char c;
        return recv(window, &c, 1, 0) == 0;
    }
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), window = -1;
};

struct Environment {
    Environment() {
        setenv("XDG_RUNTIME_DIR", folder.file("").c_str(), 1);
        setenv("XDG_DATA_HOME", folder.file("data").c_str(), 1);
        setenv("PATH", "/nowhere", 1);
    }
    TemporaryFolder folder;
};

struct Fixture : Environment {
    Scene scene = initial_scene();
    Service service;
    PlaneBaker baker{scene};

    std::string bank(const std::string& name) const { return folder.file("data/timbrel/banks/" + name + ".timbrel"); }
    std::vector<std::string> drop(size_t corner, const std::vector<std::string>& paths) {
        baker.drop(corner, paths);
        baker.update();
        return service.request();
    }
    PlaneBaker::Update answer(const std::string& text) {
        service.answer(text);
        PlaneBaker::Update update;
        for (int i = 0; i < 100 && !update.changed; ++i) {
            update = baker.update();
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return update;
    }
};

using List = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_CASE(empty_corners_take_the_nearest_sound, Fixture) {
    BOOST_TEST(drop(1, {"/s/Horn.wav"}) ==
               (List{"-o", bank("Horn"), "--map", "2x2", "/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav"}));
    // The bake that runs is replaced, and so is its bank.
    BOOST_TEST(drop(2, {"/s/Oboe.wav"}) ==
               (List{"-o", bank("Horn"), "--map", "2x2", "/s/Horn.wav", "/s/Horn.wav", "/s/Oboe.wav", "/s/Horn.wav"}));
    answer("{\"finished\":true}\n");
    BOOST_TEST(!scene.bake.running);
    // Several files go on from their corner; the last is followed by the first.
    BOOST_TEST(drop(3, {"/s/Bell.wav", "/s/Harp.wav"}) ==
               (List{"-o", bank("Harp - Horn - Oboe - Bell"), "--map", "2x2", "/s/Harp.wav", "/s/Horn.wav",
                     "/s/Oboe.wav", "/s/Bell.wav"}));
}

BOOST_FIXTURE_TEST_CASE(finished_banks_are_kept, Fixture) {
    for (const char* name : {"Horn", "Horn 2", "Horn 3"}) {
        BOOST_TEST(drop(0, {"/s/Horn.wav"})[1] == bank(name));
        std::ofstream(bank(name)) << "x";
        answer("{\"finished\":true}\n");
    }
}

BOOST_FIXTURE_TEST_CASE(progress_and_banks_are_passed_on, Fixture) {
    drop(0, {"/s/Horn.wav"});
    BOOST_TEST(bake_text(scene.bake) == "Starting to bake");
    answer("{\"waiting\":true}\n");
    BOOST_TEST(bake_text(scene.bake) == "Waiting for another window's bake");
    answer("{\"stage\":1,\"of\":4,\"done\":0}\n");
    BOOST_TEST(bake_text(scene.bake) == "Listening to the sounds");
    const auto update = answer("{\"bank\":\"/b.timbrel\",\"stage\":1}\n");
    BOOST_TEST(update.bank.value() == "/b.timbrel");
    answer("{\"stage\":2,\"of\":4,\"done\":0.25,\"left\":48.4}\n");
    BOOST_TEST(bake_text(scene.bake) == "Step 2 of 4 · 48 s left");
    BOOST_TEST(scene.bake.done == 0.25);
    answer("{\"stage\":3,\"of\":4,\"done\":0.5,\"left\":400}\n");
    BOOST_TEST(bake_text(scene.bake) == "Step 3 of 4 · 7 min left");
    baker.cancel();
    BOOST_TEST(service.left());
    BOOST_TEST(!scene.bake.running);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_baked_says_why_on_its_corner, Fixture) {
    drop(0, {"/s/Horn.wav", "/s/Letter.txt"});
    answer("{\"refused\":1,\"why\":\"/s/Letter.txt: not \\u001b[31ma sound\"}\n{\"refused\":77,\"why\":\"?\"}\n");
    answer("{\"error\":\"a sound cannot be used\"}\n");
    BOOST_TEST(scene.slots[0].refusal.empty());
    BOOST_TEST(scene.slots[1].refusal.starts_with("not "));
    BOOST_TEST(scene.slots[1].refusal.find('\x1b') == std::string::npos);
    BOOST_TEST(scene.message.empty()); // the corner says it
    drop(1, {"/s/Oboe.wav"});
    BOOST_TEST(scene.slots[1].refusal.empty());
    answer("{\"error\":\"the disk is full\"}\n");
    BOOST_TEST(scene.message == "the disk is full");
}

BOOST_FIXTURE_TEST_CASE(nonsense_from_the_service_does_no_harm, Fixture) {
    drop(0, {"/s/Horn.wav"});
    answer("{\"stage\":\"x\",\"done\":[]}\n{\"bank\":7}\n{\"refused\":-1,\"why\":3}\n{\"unknown\":null}\n");
    BOOST_TEST(scene.bake.running);
    answer("no JSON\n");
    BOOST_TEST(!scene.bake.running);
    BOOST_TEST(!scene.message.empty());
    drop(0, {"/s/Horn.wav"});
    answer(std::string(max_service_line + 5000, 'x'));
    for (int i = 0; i < 100 && scene.bake.running; ++i) answer("x");
    BOOST_TEST(!scene.bake.running);
}

BOOST_FIXTURE_TEST_CASE(a_bake_that_always_crashes_is_given_up, Fixture) {
    drop(0, {"/s/Horn.wav"});
    int connections = 1;
    for (; scene.bake.running && connections < 50; ++connections) {
        close(service.window);
        service.window = -1;
        baker.update();
        if (!scene.bake.running) break;
        service.request();
    }
    BOOST_TEST(connections == 5);
    BOOST_TEST(scene.message == "timbrel-bake ended before the bank was finished");
}

BOOST_FIXTURE_TEST_CASE(a_drop_on_a_bank_replaces_one_of_its_sounds, Fixture) {
    scene.bank = sample_bank_picture();
    scene.bank.sources = {"/s/a.wav", "/s/b.wav", "/s/c.wav", "/s/d.wav"};
    baker.take_bank();
    BOOST_TEST(drop(3, {"/s/Oboe.wav"}) == (List{"-o", bank("Flute - Concert piano - Choir - Oboe"), "--map", "2x2",
                                                 "/s/a.wav", "/s/b.wav", "/s/c.wav", "/s/Oboe.wav"}));
    // The bank of the first stage has these sources: the bake goes on.
    scene.bank.sources[3] = "/s/Oboe.wav";
    baker.take_bank();
    BOOST_TEST(scene.bake.running);
    // Another bank ends it.
    scene.bank.sources[0] = "/s/z.wav";
    baker.take_bank();
    BOOST_TEST(!scene.bake.running);
    BOOST_TEST(service.left());
}

BOOST_FIXTURE_TEST_CASE(without_the_program_the_window_says_what_to_install, Environment) {
    Scene scene = initial_scene();
    PlaneBaker baker(scene);
    baker.drop(0, {"/s/Horn.wav"});
    BOOST_TEST(baker.update().changed);
    BOOST_TEST(scene.message == "to bake sounds here, install timbrel-bake");
    BOOST_TEST(!scene.bake.running);
}

BOOST_FIXTURE_TEST_CASE(a_bank_is_brought_back_and_an_unfinished_bake_starts_again, Fixture) {
    using Slots = std::vector<CornerSlot>;
    drop(0, {"/s/Horn.wav"});
    const Slots horn = scene.slots;
    BOOST_TEST(baker.output() == bank("Horn"));
    drop(1, {"/s/Oboe.wav"}); // while the horn bakes: into the same bank
    const Slots both = scene.slots;
    answer("{\"finished\":true}\n");
    BOOST_TEST(baker.output().empty());
    // Undone: the bank has two sounds by now, so the horn alone is baked again.
    BOOST_TEST(!baker.restore(bank("Horn"), horn));
    baker.update();
    BOOST_TEST(service.request() ==
               (List{"-o", bank("Horn"), "--map", "2x2", "/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav"}));
    BOOST_TEST(scene.bake.running);
    BOOST_TEST(scene.slots[1].source.empty());
    answer("{\"finished\":true}\n");
    BOOST_TEST(baker.restore(bank("Horn"), horn).value() == bank("Horn")); // is there
    BOOST_TEST(!baker.restore(bank("Horn"), both));
    baker.update();
    BOOST_TEST(service.request()[5] == "/s/Oboe.wav");
    // A bank that this window has not baked is loaded, and ends the bake.
    BOOST_TEST(baker.restore("/b/other.timbrel", {}).value() == "/b/other.timbrel");
    BOOST_TEST(!scene.bake.running);
    BOOST_TEST(service.left());
    BOOST_TEST(baker.restore("", {}).value() == "");
}

BOOST_FIXTURE_TEST_CASE(options_of_the_corners_are_baked_and_the_baker_names_them, Fixture) {
    drop(0, {"/s/Horn.wav"});
    answer("{\"finished\":true}\n");
    auto slots = scene.slots;
    slots[0].source = "gain=-3:" + slots[0].source;
    BOOST_TEST(baker.set_corners(slots));
    baker.update();
    BOOST_TEST(service.request()[4] == "gain=-3:/s/Horn.wav");
    answer("{\"noticed\":0,\"what\":[\"Horn is clipped\"]}\n{\"noticed\":9,\"what\":[]}\n{\"noticed\":1}\n");
    BOOST_TEST(scene.slots[0].report.value() == List{"Horn is clipped"});
    answer("{\"refused\":0,\"why\":\"/s/Horn.wav: not a sound\"}\n");
    BOOST_TEST(scene.slots[0].refusal == "not a sound");
    // A bank of this bake that was written before the change arrives late: the bake goes on.
    scene.bank = sample_bank_picture();
    scene.bank_path = baker.output();
    scene.bank.sources = {"/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav", "/s/Horn.wav"};
    baker.take_bank();
    BOOST_TEST(scene.bake.running);
    BOOST_TEST(scene.slots[0].source == "gain=-3:/s/Horn.wav");
    for (std::string& source : scene.bank.sources) source = "gain=-3:/s/Horn.wav";
    baker.take_bank();
    BOOST_TEST(scene.slots[0].name == "Flute"); // as the bank says
    // Without any sound nothing is left to bake.
    BOOST_TEST(!baker.set_corners(std::vector<CornerSlot>(4)));
    BOOST_TEST(!scene.bake.running);
    BOOST_TEST(service.left());
}

BOOST_FIXTURE_TEST_CASE(a_lost_bank_is_baked_again_with_its_recipe, Fixture) {
    lv2::BankRecipe recipe;
    recipe.rows = 1;
    recipe.corners = {{"/s/Horn.wav", "Horn", "11"}, {"gain=3:/s/Oboe.wav", "Oboe", "22"}};
    recipe.options = {"--grid", "5"};
    scene.bank_path = folder.file("lost.timbrel");
    scene.message = "missing";
    baker.take_lost_bank(recipe);
    baker.update();
    BOOST_TEST(service.request("check") == (List{"/s/Horn.wav", "gain=3:/s/Oboe.wav"}));
    BOOST_TEST(scene.can_bake_again);
    BOOST_TEST(!scene.bake.running);
    BOOST_TEST(scene.slots.size() == 2u);
    answer("{\"source\":0,\"hash\":\"12\"}\n{\"refused\":1,\"why\":\"/s/Oboe.wav: cannot be read\"}\n");
    BOOST_TEST(scene.slots[0].refusal == "has changed since it was baked, so it will sound different");
    BOOST_TEST(scene.slots[1].refusal == "cannot be read");
    answer("{\"source\":7,\"hash\":\"1\"}\n{\"source\":1,\"hash\":2}\n{\"finished\":true}\n");
    BOOST_TEST(scene.message == "missing");
    BOOST_TEST(baker.output().empty());
    baker.bake_lost_bank();
    baker.update();
    BOOST_TEST(service.request() == (List{"-o", folder.file("lost.timbrel"), "--map", "2x1", "--grid", "5",
                                          "/s/Horn.wav", "gain=3:/s/Oboe.wav"}));
    BOOST_TEST(!scene.can_bake_again);
    BOOST_TEST(scene.bake.running);
    BOOST_TEST(scene.message.empty());
    BOOST_TEST(scene.slots[0].refusal.empty());
    baker.take_lost_bank({}); // the first stage plays
    BOOST_TEST(scene.bake.running);
    answer("{\"finished\":true}\n");
    // Where the folder is gone, the bank goes to the others.
    scene.bank_path = "/nowhere/lost.timbrel";
    baker.take_lost_bank(recipe);
    baker.update();
    service.request("check");
    baker.bake_lost_bank();
    baker.update();
    BOOST_TEST(service.request()[1] == bank("lost"));
}

BOOST_FIXTURE_TEST_CASE(a_drop_takes_the_place_of_a_lost_bank, Fixture) {
    lv2::BankRecipe recipe;
    recipe.rows = 1;
    recipe.corners = {{"/s/Horn.wav", "Horn", ""}, {"/s/Oboe.wav", "Oboe", ""}};
    scene.bank_path = folder.file("lost.timbrel");
    baker.take_lost_bank(recipe);
    baker.update();
    service.request("check");
    BOOST_TEST(drop(1, {"/s/Bell.wav"}) ==
               (List{"-o", bank("Horn - Bell"), "--map", "2x1", "/s/Horn.wav", "/s/Bell.wav"}));
    BOOST_TEST(!scene.can_bake_again);
    answer("{\"stage\":1,\"of\":4,\"done\":0.5}\n");
    BOOST_TEST(scene.bake.done == 0.5);
}
