// SPDX-License-Identifier: GPL-3.0-or-later
// The bake service: waits for windows, and bakes for each in a process of its own, one bake at a time.
#include "common/error.h"
#include "common/programs/bake_service.h"
#include "models/bake/bake_connection.h"
#include "models/commands/commands.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace timbrel::models {
namespace {

constexpr int niceness = 10; // below the player and the host
constexpr std::chrono::seconds unused_time{60};
constexpr int backlog = 16;
constexpr int lock_attempts = 50;
constexpr std::chrono::milliseconds lock_interval{100};

int open_lock(const std::string& path) {
    const int lock = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) throw Error(path + ": " + std::strerror(errno));
    return lock;
}

// Waits for a service that is ending. Returns false if another one serves.
bool take_lock(int lock, const std::string& path) {
    const sockaddr_un address = socket_address(path);
    for (int attempt = 0; flock(lock, LOCK_EX | LOCK_NB) != 0; ++attempt) {
        const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool answers = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        close(probe);
        if (answers || attempt == lock_attempts) return false;
        std::this_thread::sleep_for(lock_interval);
    }
    return true;
}

// A socket that windows can connect to.
int listen_at(const std::string& path) {
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = socket_address(path);
    unlink(path.c_str()); // of a service that was killed; the lock proves that none runs
    if (listener < 0 || bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, backlog) != 0)
        throw Error(path + ": " + std::strerror(errno));
    return listener;
}

// Leaves the window's process: the parent returns to it at once.
void go_to_background() {
    if (fork() > 0) _exit(0);
    setsid();
    if (chdir("/") != 0) throw Error("/ cannot be entered");
    // Linux weighs sessions against each other by their autogroup's niceness, and only then processes.
    std::ofstream("/proc/self/autogroup") << niceness;
    [[maybe_unused]] const int now = nice(niceness);
}

// Bakes what the window asks for. Runs in a process of its own, so that cancelling is ending it.
void serve_window(int socket, const std::string& path) {
    BakeConnection connection(socket);
    try {
        const nlohmann::json request = connection.read_request();
        connection.end_with_window();
        if (request.contains("check")) return check_sources(connection, request.at("check"));
        std::vector<std::string> arguments = request.at("bake");
        const int turn = open_lock(path + ".turn");
        if (flock(turn, LOCK_EX | LOCK_NB) != 0) {
            connection.send({{"waiting", true}});
            flock(turn, LOCK_EX);
        }
        CLI::App program("", "timbrel-bake");
        add_bake_command(program, [&connection](auto&&... job) { bake_in_stages(connection, job...); });
        arguments.insert(arguments.begin(), "bake");
        std::ranges::reverse(arguments); // as CLI11 takes them
        program.parse(arguments);
    } catch (const std::exception& error) {
        connection.send({{"error", error.what()}});
    }
}

// Returns true if a window was served in this process, which is a child then.
bool accept_window(int listener, int lock, const std::string& path) {
    const int window = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (window < 0) return false;
    if (fork() == 0) {
        close(listener);
        close(lock); // another service may start while this bake goes on
        serve_window(window, path);
        return true;
    }
    close(window);
    return false;
}

void serve() {
    const std::string path = bake_service_path();
    const int lock = open_lock(path + ".lock");
    if (!take_lock(lock, path)) return;
    const int listener = listen_at(path);
    go_to_background();
    using std::chrono::steady_clock;
    auto last_use = steady_clock::now();
    while (steady_clock::now() - last_use < unused_time) {
        pollfd readable{listener, POLLIN, 0};
        if (poll(&readable, 1, 1000) == 1 && accept_window(listener, lock, path)) _exit(0);
        pid_t ended;
        while ((ended = waitpid(-1, nullptr, WNOHANG)) > 0) {
        }
        if (ended == 0) last_use = steady_clock::now(); // a bake runs
    }
    unlink(path.c_str());
}

} // namespace

void add_serve_command(CLI::App& program) {
    program.add_subcommand("serve", "Bake for Timbrel's windows, in the background; ends after a minute without use.")
        ->callback(serve);
}

} // namespace timbrel::models
