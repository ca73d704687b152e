// SPDX-License-Identifier: GPL-3.0-or-later
// The player's open port: who reaches it, what may be asked of it, and what a flood costs.
#define BOOST_TEST_MODULE network
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct Fixture : PlayerFixture {
    std::string home = folder.file("home");

    size_t presets() const {
        std::error_code error;
        const fs::directory_iterator all(home + "/.lv2", error);
        return error ? 0 : static_cast<size_t>(std::distance(all, fs::directory_iterator()));
    }
    // Processor time of the player so far, in seconds.
    double cpu_seconds() const {
        const std::string stat = read_file("/proc/" + std::to_string(player->process()) + "/stat");
        std::istringstream fields(stat.substr(stat.rfind(')') + 2));
        std::string skipped_field;
        for (int i = 0; i < 11; ++i) fields >> skipped_field;
        double user = 0, system = 0;
        fields >> user >> system;
        return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
};

// The local address of this machine's UDP socket with this port, as /proc/net/udp writes it; empty if there is none.
std::string bound_address(const std::string& port) {
    char ending[8];
    std::snprintf(ending, sizeof ending, ":%04X", std::stoi(port));
    std::istringstream table(read_file("/proc/net/udp"));
    for (std::string word; table >> word;)
        if (word.size() == 13 && word.ends_with(ending)) return word.substr(0, 8);
    return {};
}

class Datagrams {
  public:
    explicit Datagrams(const std::string& port) {
        socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        target_.sin_family = AF_INET;
        target_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        target_.sin_port = htons(static_cast<uint16_t>(std::stoi(port)));
    }
    ~Datagrams() { close(socket_); }
    void send(const std::string& bytes) const {
        sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&target_), sizeof target_);
    }

  private:
    int socket_;
    sockaddr_in target_{};
};

std::string bundled(const std::string& packet) {
    std::string bundle("#bundle\0\x7f\xff\xff\xff\0\0\0\0", 16); // a time far ahead
    for (int shift = 24; shift >= 0; shift -= 8) bundle += static_cast<char>(packet.size() >> shift & 0xff);
    return bundle + packet;
}

const std::string level_message("/timbrel/param/level\0\0\0\0,f\0\0\xc1\x40\0\0", 32); // -12 dB

} // namespace

BOOST_FIXTURE_TEST_CASE(only_this_machine_is_listened_to_without_an_address, Fixture) {
    play({"--osc", osc_port()});
    BOOST_TEST(bound_address(osc_port()) == "0100007F");
    play({"--osc", "0.0.0.0:" + osc_port()});
    BOOST_TEST(bound_address(osc_port()) == "00000000");
    Phone phone(osc_port());
    phone.send("/timbrel/param/level", "f", -6.0f);
    probe->play_and_record({}, 24000);
    BOOST_TEST(phone.last_value("/timbrel/param/level") == -6.0f);

    const Outcome taken = run({TIMBREL, "play", bank, "--osc", "0.0.0.0:" + osc_port()});
    BOOST_TEST(taken.status == 1);
    BOOST_TEST(taken.err.find("UDP port " + osc_port() + " is taken") != std::string::npos, taken.err);
    const Outcome foreign = run({TIMBREL, "play", bank, "--osc", "192.0.2.1:9000"});
    BOOST_TEST(foreign.status == 1);
    BOOST_TEST(foreign.err.find("name an address of this machine") != std::string::npos, foreign.err);
    for (const char* invalid : {"0", "65536", "90a", "localhost:9000", "127.0.0.1:", ":9000", "[::1:9000"}) {
        const Outcome outcome = run({TIMBREL, "play", bank, "--osc", invalid});
        BOOST_TEST(outcome.status == 2, invalid << ": " << outcome.err);
        BOOST_TEST(outcome.err.find("ADDRESS:PORT") != std::string::npos, outcome.err);
    }
    BOOST_TEST(run({TIMBREL, "play", bank, "--osc-save"}).status == 2);
}

BOOST_FIXTURE_TEST_CASE(saving_needs_permission_and_a_printable_name, Fixture) {
    play({"--osc", osc_port()});
    {
        Phone phone(osc_port());
        phone.send("/timbrel/save", "s", "Mine");
        BOOST_TEST(wait_for_output(*player, "--osc-save permits it", 5), player->output());
        BOOST_TEST(presets() == 0u);
    }
    play({"--osc", osc_port(), "--osc-save"});
    Phone phone(osc_port());
    phone.send("/timbrel/save", "s", std::string(101, 'x').c_str());
    phone.send("/timbrel/save", "s", "bell\x07");
    phone.send("/timbrel/save", "s", "line\nbreak");
    phone.send("/timbrel/save", "s", std::string(100, 'x').c_str());
    BOOST_TEST(wait_for_output(*player, "saved as the preset " + std::string(100, 'x'), 5), player->output());
    BOOST_TEST(presets() == 1u);
    for (int i = 0; i < 150; ++i) { // one a poll is taken
        phone.send("/timbrel/save", "s", ("Many " + std::to_string(i)).c_str());
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    BOOST_TEST(wait_for_output(*player, "no more presets are saved over OSC", 5), player->output());
    BOOST_TEST(presets() == 100u);
}

BOOST_FIXTURE_TEST_CASE(changes_are_sent_to_the_requesting_program_only, Fixture) {
    play({"--osc", osc_port()});
    Phone asker(osc_port());
    probe->play_and_record({}, 9600);
    lo::ServerThread silent(nullptr, [](int, const char*, const char*) {});
    std::atomic<int> received{0};
    silent.add_method(nullptr, nullptr, [&](const char*, const lo::Message&) { return ++received, 0; });
    silent.start();
    // A port beyond the range is nobody's.
    asker.send("/timbrel/listen", "i", 65536 + silent.port());
    asker.send("/timbrel/listen", "i", 0);
    asker.send("/timbrel/param/level", "f", -6.0f);
    probe->play_and_record({}, 24000);
    BOOST_TEST(asker.last_value("/timbrel/param/level") == -6.0f);
    BOOST_TEST(received == 0);
}

BOOST_FIXTURE_TEST_CASE(floods_and_malformed_packets_cost_next_to_nothing, Fixture) {
    play({"--osc", osc_port(), "--osc-save", "--no-window"});
    const Datagrams untrusted_sender(osc_port());
    std::string deep = level_message, bomb;
    for (int i = 0; i < 100; ++i) deep = bundled(deep);
    while (bomb.size() < 4000) bomb += bundled(level_message).substr(16);
    const std::string malformed[] = {"",
                                     "/",
                                     "/timbrel/",
                                     "/timbrel/x",
                                     std::string("/timbrel/x\0\0", 12),
                                     std::string("/timbrel/x\0\0,f\0\0", 16),
                                     std::string("/timbrel/learn\0\0,s\0\0unterminated", 32),
                                     std::string("#bundle\0", 8),
                                     std::string("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff", 20),
                                     deep,
                                     std::string(60000, 'x'),
                                     bundled("").substr(0, 16) + bomb};
    for (const std::string& packet : malformed) untrusted_sender.send(packet);

    const double before = cpu_seconds();
    probe->play_and_record({}, 96000);
    const double calm = cpu_seconds() - before;
    std::atomic<bool> stop{false};
    std::thread flood([&] {
        for (size_t i = 0; !stop; ++i)
            untrusted_sender.send(i % 2 ? level_message : malformed[i / 2 % std::size(malformed)]);
    });
    const double start = cpu_seconds();
    probe->play_and_record({}, 96000); // two seconds
    const double flooded = cpu_seconds() - start;
    stop = true;
    flood.join();
    std::printf("processor time of the player in 2 s: %.2f s in calm, %.2f s in a flood\n", calm, flooded);
    BOOST_TEST(flooded - calm < 0.5);
    BOOST_TEST(player->alive());
    std::this_thread::sleep_for(std::chrono::milliseconds(200)); // what waits in the socket
    Phone phone(osc_port());
    untrusted_sender.send(bundled(level_message)); // a bundle counts at once, whatever its time
    probe->play_and_record({}, 24000);
    BOOST_TEST(phone.last_value("/timbrel/param/level") == -12.0f);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
