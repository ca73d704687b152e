#include "host/player/dummy_server.h"

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

constexpr std::chrono::seconds longest_start{10}, longest_end{3};
constexpr double look_seconds = 0.05;

bool answers() {
    jack_set_error_function([](const char*) {});
    jack_set_info_function([](const char*) {});
    jack_client_t* const client = jack_client_open("Timbrel start", JackNoStartServer, nullptr);
    if (client) jack_client_close(client);
    return client != nullptr;
}

[[noreturn]] void become_server(const std::string& name) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); // an interrupt at the terminal ends the player first
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, nullptr);
    const int nowhere = open("/dev/null", O_RDWR);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
    execlp("jackd", "jackd", "-n", name.c_str(), "-r", "-d", "dummy", "-r", "48000", "-p", "128",
           static_cast<char*>(nullptr));
    _exit(127);
}

} // namespace

DummyServer::DummyServer() {
    const std::string name = "timbrel-" + std::to_string(getpid());
    setenv("JACK_DEFAULT_SERVER", name.c_str(), 1);
    setenv("JACK_NO_AUDIO_RESERVATION", "1", 1); // there is no card to be reserved, and perhaps no session bus
    pid_ = fork();
    if (pid_ == 0) become_server(name);
}

bool DummyServer::alive() {
    if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) != 0) pid_ = -1;
    return pid_ > 0;
}

bool DummyServer::wait_until_up(const std::function<bool(double seconds)>& interrupted) {
    const auto until = std::chrono::steady_clock::now() + longest_start;
    while (alive() && std::chrono::steady_clock::now() < until) {
        if (answers()) return true;
        if (interrupted(look_seconds)) return false;
    }
    if (WIFEXITED(status_) && WEXITSTATUS(status_) == 127)
        throw Error("--driver dummy needs the program jackd; install jackd2");
    throw Error("jackd does not start; jackd -d dummy says why");
}

DummyServer::~DummyServer() {
    if (!alive()) return;
    kill(pid_, SIGTERM);
    for (const auto until = std::chrono::steady_clock::now() + longest_end; std::chrono::steady_clock::now() < until;) {
        if (!alive()) return;
        std::this_thread::sleep_for(std::chrono::duration<double>(look_seconds));
    }
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

} // namespace timbrel::host
