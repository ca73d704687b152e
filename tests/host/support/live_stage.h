// The player under a JACK server, with a probe that plays it and hears it.
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

// Waits for a text in what a program has said.
inline bool says(const Child& program, const std::string& text, double seconds = 30) {
    for (int i = 0; i < seconds * 20 && program.output().find(text) == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return program.output().find(text) != std::string::npos;
}

inline double third_partial(std::span<const float> sound) {
    return db(fit(sound, 1320).amplitude / fit(sound, 440).amplitude);
}

struct LiveStage {
    explicit LiveStage(int period = 64) : server(period) {
        // What the user of this machine has learnt and saved is none of the tests' business.
        setenv("HOME", folder.file("home").c_str(), 1);
        setenv("XDG_CONFIG_HOME", folder.file("config").c_str(), 1);
        write_tone_bank(bank);
        BOOST_REQUIRE_MESSAGE(server.up(), server.log());
        probe = std::make_unique<JackProbe>();
    }

    // Its ports are there before it takes part, and cannot be connected until then.
    void wait_until_it_plays() const {
        BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player->output());
        says(*player, "playing");
    }

    // Starts the player and connects it; `more` are further arguments.
    void play(std::vector<std::string> more = {}) {
        std::vector<std::string> words{TIMBREL, "play", bank, "--set", "x=0", "--set", "y=0"};
        words.insert(words.end(), more.begin(), more.end());
        start(words);
    }
    // The same with all of its words.
    void start(const std::vector<std::string>& words) {
        player.reset();
        player = std::make_unique<Child>(words, folder.file("player.log"));
        wait_until_it_plays();
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

// A phone: sends to a player's OSC port and keeps the last number that it is told at each address.
class Phone {
  public:
    explicit Phone(const std::string& port)
        : player_("127.0.0.1", port), socket_(nullptr, [](int, const char*, const char*) {}) {
        socket_.add_method(nullptr, "f", [this](const char* path, const lo::Message& message) {
            const std::lock_guard lock(mutex_);
            told_[path] = message.argv()[0]->f;
            return 0;
        });
        socket_.start();
        player_.send("/timbrel/listen", "i", socket_.port());
    }
    template<typename... Arguments>
    void send(const char* path, const char* types, Arguments... arguments) {
        player_.send(path, types, arguments...);
    }
    float told(const std::string& path) {
        const std::lock_guard lock(mutex_);
        return told_[path];
    }

  private:
    std::mutex mutex_;
    std::map<std::string, float> told_;
    lo::Address player_;
    lo::ServerThread socket_;
};

// A UDP port that no other test takes.
inline std::string osc_port() { return std::to_string(20000 + getpid() % 20000); }

} // namespace timbrel::test
