// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel play` under a session manager, simulated by the test.
#define BOOST_TEST_MODULE session
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <lo/lo_cpp.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

// A minimal NSM server. Keeps received messages as lines of path and arguments.
class SessionManager {
  public:
    SessionManager() : socket_(nullptr, LO_UDP, [](int, const char*, const char*) {}) {
        socket_.add_method(nullptr, nullptr, [this](const char* path, const lo::Message& message) {
            std::ostringstream line;
            line << path;
            const std::string types = message.types();
            for (size_t i = 0; i < types.size(); ++i) {
                const lo_arg* const argument = message.argv()[static_cast<int>(i)];
                if (types[i] == 's') line << ' ' << &argument->s;
                if (types[i] == 'i') line << ' ' << argument->i;
                if (types[i] == 'f') line << ' ' << argument->f;
            }
            lines.push_back(line.str());
            client_ = std::make_unique<lo::Address>(message.source().hostname(), message.source().port());
            return 0;
        });
    }

    // Uses 127.0.0.1, because a minimal system may not resolve its own host name.
    std::string url() { return "NSM_URL=osc.udp://127.0.0.1:" + std::to_string(socket_.port()) + "/"; }

    // Waits for a line with this beginning and removes it and those before; empty after `seconds`.
    std::string wait_for(const std::string& begin, double seconds = 10) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        while (std::chrono::steady_clock::now() < until) {
            socket_.recv(20);
            for (size_t i = 0; i < lines.size(); ++i)
                if (lines[i].starts_with(begin)) {
                    const std::string found = lines[i];
                    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i) + 1);
                    return found;
                }
        }
        return {};
    }

    void open(const std::string& folder, const std::string& id) {
        client_->send_from(socket_, "/nsm/client/open", "sss", folder.c_str(), "Stage", id.c_str());
    }
    void save() { client_->send_from(socket_, "/nsm/client/save", ""); }
    const lo::Address& client() const { return *client_; }

    std::vector<std::string> lines;

  private:
    lo::Server socket_;
    std::unique_ptr<lo::Address> client_;
};

struct Fixture {
    Fixture() {
        write_tone_bank(bank);
        BOOST_REQUIRE_MESSAGE(server.up(), server.log());
        probe = std::make_unique<JackProbe>();
    }

    double amplitude(const std::string& client) {
        BOOST_TEST(probe->wait_for(client + ":y"));
        probe->connect(probe->midi_out(), client + ":midi_in");
        probe->connect(client + ":out_left", probe->audio_in(0));
        probe->play_and_record({{4800, {0x90, 69, 110}}, {43000, {0x80, 69, 0}}}, 48000);
        return fit_sinusoid(std::span(probe->left).subspan(20000, 20000), 440).amplitude;
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), project = folder.file("Timbrel.nABCD");
    std::string osc = std::to_string(40000 + getpid() % 20000);
    JackServer server;
    std::unique_ptr<JackProbe> probe;
    SessionManager manager;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_session_is_opened_changed_saved_and_opened_again, Fixture) {
    {
        Child player({manager.url(), TIMBREL, "play", bank, "--connect", "--osc", osc, "--set", "x=0", "--set", "y=0"},
                     folder.file("log"));
        const std::string announced = manager.wait_for("/nsm/server/announce");
        BOOST_REQUIRE_MESSAGE(announced != "", player.output());
        BOOST_TEST(announced.starts_with("/nsm/server/announce Timbrel :switch:dirty:progress: timbrel 1 "), announced);
        // The JACK server is joined only once the session gives the client's name.
        BOOST_TEST(probe->ports("Timbrel", nullptr, 0).empty());
        manager.open(project, "Timbrel.nABCD");
        BOOST_TEST(manager.wait_for("/nsm/client/progress 0") != "");
        BOOST_TEST(manager.wait_for("/reply /nsm/client/open") != "", player.output());
        BOOST_TEST(std::fabs(db(amplitude("Timbrel.nABCD") / 0.2)) < 0.5);
        BOOST_TEST(
            !jack_port_connected_to(jack_port_by_name(probe->client(), "Timbrel.nABCD:out_left"), "system:playback_1"));
        BOOST_TEST(!fs::exists(project));

        lo::Address("127.0.0.1", osc).send("/timbrel/param/level", "f", -12.0f);
        BOOST_TEST(manager.wait_for("/nsm/client/is_dirty") != "");
        manager.save();
        BOOST_TEST(manager.wait_for("/reply /nsm/client/save") != "", player.output());
        BOOST_TEST(manager.wait_for("/nsm/client/is_clean") != "");
        BOOST_TEST(fs::exists(project + "/state.ttl"));
        BOOST_TEST(std::distance(fs::directory_iterator(project), fs::directory_iterator()) == 1);
        player.signal(SIGTERM);
        BOOST_TEST(player.wait(5) == 0);
    }
    Child player({manager.url(), TIMBREL, "play"}, folder.file("log"));
    BOOST_TEST(manager.wait_for("/nsm/server/announce") != "");
    manager.open(project, "Timbrel.nWXYZ");
    BOOST_TEST(manager.wait_for("/reply /nsm/client/open") != "", player.output());
    BOOST_TEST(std::fabs(db(amplitude("Timbrel.nWXYZ") / 0.2) + 12) < 0.5);
    manager.wait_for("/nothing", 1.5);
    BOOST_TEST(manager.lines.empty(), manager.lines.front());

    // Switches to a new session and to a damaged one.
    manager.open(folder.file("new"), "Timbrel.nNEW");
    BOOST_TEST(manager.wait_for("/reply /nsm/client/open") != "", player.output());
    BOOST_TEST(amplitude("Timbrel.nNEW") < 1e-6);
    BOOST_TEST(!jack_port_by_name(probe->client(), "Timbrel.nWXYZ:out_left"));
    fs::create_directory(folder.file("broken"));
    std::ofstream(folder.file("broken/state.ttl")) << "not turtle at all";
    manager.open(folder.file("broken"), "Timbrel.nBAD");
    const std::string refused = manager.wait_for("/error /nsm/client/open");
    BOOST_TEST(refused.find("state.ttl") != std::string::npos, refused);
    manager.open(project, "Timbrel.nABCD");
    BOOST_TEST(manager.wait_for("/reply /nsm/client/open") != "");
    BOOST_TEST(std::fabs(db(amplitude("Timbrel.nABCD") / 0.2) + 12) < 0.5);
    player.signal(SIGTERM);
    BOOST_TEST(player.wait(5) == 0);
}

BOOST_FIXTURE_TEST_CASE(only_the_manager_is_obeyed, Fixture) {
    Child player({manager.url(), TIMBREL, "play", bank}, folder.file("log"));
    BOOST_REQUIRE(manager.wait_for("/nsm/server/announce") != "");
    const lo::Server untrusted_sender(nullptr, LO_UDP, [](int, const char*, const char*) {});
    const std::string foreign = folder.file("foreign");
    for (int i = 0; i < 1000; ++i)
        manager.client().send_from(untrusted_sender, "/nsm/client/open", "sss", foreign.c_str(), "Stage",
                                   "Timbrel.nEVIL");
    BOOST_TEST(manager.wait_for("/nsm/client/progress", 2) == "");
    manager.open(project, "Timbrel.nABCD");
    BOOST_TEST(manager.wait_for("/reply /nsm/client/open") != "", player.output());
    manager.client().send_from(untrusted_sender, "/nsm/client/save", "");
    BOOST_TEST(manager.wait_for("/reply /nsm/client/save", 1) == "");
    BOOST_TEST(!fs::exists(project));
    BOOST_TEST(probe->ports("Timbrel.nEVIL", nullptr, 0).empty());
    manager.save();
    BOOST_TEST(manager.wait_for("/reply /nsm/client/save") != "", player.output());
    BOOST_TEST(fs::exists(project + "/state.ttl"));
    BOOST_TEST(!fs::exists(foreign));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
