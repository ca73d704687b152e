#include "host/dummy_server.h"

#include "host/error.h"

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

constexpr int longest_wait_seconds = 10;

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
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(longest_wait_seconds);
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
        if (answers()) return;
        if (std::chrono::steady_clock::now() > until) {
            end();
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        throw Error("--driver dummy needs the program jackd; install jackd2");
    throw Error("jackd does not start; jackd -d dummy says why");
}

DummyServer::~DummyServer() { end(); }

void DummyServer::end() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
}

} // namespace timbrel::host
