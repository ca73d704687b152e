// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/jack_server/dummy_server.h"

#include "common/error.h"

#include <jack/jack.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace timbrel::host {

namespace {

constexpr std::chrono::seconds start_timeout{10}, stop_timeout{3};
constexpr double poll_seconds = 0.05;

bool accepts_clients() {
    jack_set_error_function([](const char*) {});
    jack_set_info_function([](const char*) {});
    jack_client_t* const client = jack_client_open("Timbrel start", JackNoStartServer, nullptr);
    if (client) jack_client_close(client);
    return client != nullptr;
}

[[noreturn]] void exec_server(const std::string& name) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); // so that Ctrl+C at the terminal does not end jackd before the player
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, nullptr);
    const int null_device = open("/dev/null", O_RDWR);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null_device, stream);
    execlp("jackd", "jackd", "-n", name.c_str(), "-r", "-d", "dummy", "-r", "48000", "-p", "128",
           static_cast<char*>(nullptr));
    _exit(127);
}

} // namespace

DummyServer::DummyServer() {
    setenv("JACK_NO_AUDIO_RESERVATION", "1", 1); // there is no card to reserve, and there may be no session bus
    start();
}

void DummyServer::start() {
    if (!name_.take_next()) throw Error("--driver dummy: JACK allows no further server; end one of those that run");
    setenv("JACK_DEFAULT_SERVER", name_.get().c_str(), 1);
    pid_ = fork();
    if (pid_ == 0) exec_server(name_.get());
}

bool DummyServer::alive() {
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
}

bool DummyServer::wait_until_up(const std::function<bool(double seconds)>& interrupted) {
    for (int attempt = 0; attempt < ServerName::count; ++attempt) {
        const auto deadline = std::chrono::steady_clock::now() + start_timeout;
        while (alive() && std::chrono::steady_clock::now() < deadline) {
            if (accepts_clients()) return true;
            if (interrupted(poll_seconds)) return false;
        }
        if (alive()) break;
        if (WIFEXITED(status_) && WEXITSTATUS(status_) == 127)
            throw Error("--driver dummy needs the program jackd; install jackd2");
        start(); // another program's server has the name
    }
    throw Error("jackd does not start; jackd -d dummy says why");
}

DummyServer::~DummyServer() {
    if (!alive()) return;
    kill(pid_, SIGTERM);
    for (const auto deadline = std::chrono::steady_clock::now() + stop_timeout;
         std::chrono::steady_clock::now() < deadline;) {
        if (!alive()) return;
        std::this_thread::sleep_for(std::chrono::duration<double>(poll_seconds));
    }
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

} // namespace timbrel::host
