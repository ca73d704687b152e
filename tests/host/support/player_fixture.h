// SPDX-License-Identifier: GPL-3.0-or-later
// A test fixture: the player under a JACK server, with a probe that sends MIDI and records the sound.
#pragma once

#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <boost/test/unit_test.hpp>
#include <lo/lo_cpp.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>

namespace timbrel::test {

// Waits until a program's output contains a text; false when the program has ended without it, or after `seconds`.
inline bool wait_for_output(Child& program, const std::string& text, double seconds = 30) {
    for (int i = 0; i < seconds * 20 && program.output().find(text) == std::string::npos && program.alive(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return program.output().find(text) != std::string::npos;
}

// Level of A4's third partial relative to the first, in dB.
inline double third_partial(std::span<const float> sound) {
    return db(fit_sinusoid(sound, 1320).amplitude / fit_sinusoid(sound, 440).amplitude);
}

struct PlayerFixture {
    explicit PlayerFixture(int period = 64) : server(period) {
        // Tests must not see the user's configuration and presets.
        setenv("HOME", folder.file("home").c_str(), 1);
        setenv("XDG_CONFIG_HOME", folder.file("config").c_str(), 1);
        write_tone_bank(bank);
        BOOST_REQUIRE_MESSAGE(server.up(), server.log());
        probe = std::make_unique<JackProbe>();
    }

    // Waits until the player's ports exist and a bank plays; ports cannot be connected before.
    void wait_until_playing() const {
        BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player->output());
        wait_for_output(*player, "playing");
    }

    // Starts the player at x = y = 0 with further options and connects it.
    void play(std::vector<std::string> options = {}) {
        std::vector<std::string> arguments{TIMBREL, "play", bank, "--set", "x=0", "--set", "y=0"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        start(arguments);
    }
    // Starts the player by this command and connects it.
    void start(const std::vector<std::string>& arguments) {
        player.reset();
        player = std::make_unique<Child>(arguments, folder.file("player.log"));
        wait_until_playing();
        BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
        BOOST_TEST(probe->connect("Timbrel:out_right", probe->audio_in(1)));
        BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel");
    JackServer server;
    std::unique_ptr<JackProbe> probe;
    std::unique_ptr<Child> player;
};

// An OSC controller: sends to the player and keeps the last value received for each address.
class Phone {
  public:
    explicit Phone(const std::string& port)
        : player_("127.0.0.1", port), socket_(nullptr, [](int, const char*, const char*) {}) {
        socket_.add_method(nullptr, "f", [this](const char* path, const lo::Message& message) {
            const std::lock_guard lock(mutex_);
            last_values_[path] = message.argv()[0]->f;
            return 0;
        });
        socket_.start();
        player_.send("/timbrel/listen", "i", socket_.port());
    }
    template<typename... Arguments>
    void send(const char* path, const char* types, Arguments... arguments) {
        player_.send(path, types, arguments...);
    }
    float last_value(const std::string& path) {
        const std::lock_guard lock(mutex_);
        return last_values_[path];
    }

  private:
    std::mutex mutex_;
    std::map<std::string, float> last_values_;
    lo::Address player_;
    lo::ServerThread socket_;
};

// A UDP port derived from the process id, so that tests can run at once.
inline std::string osc_port() { return std::to_string(20000 + getpid() % 20000); }

} // namespace timbrel::test
