// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/support/process.h"

#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace timbrel::test {

namespace {

int status_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

pid_t start(const std::vector<std::string>& arguments, int input, int out, int err) {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves no server and no player
    setpgid(0, 0);
    dup2(input, 0);
    dup2(out, 1);
    dup2(err, 2);
    size_t first = 0;
    for (; first < arguments.size() && arguments[first].find('=') != std::string::npos; ++first)
        putenv(const_cast<char*>(arguments[first].c_str()));
    std::vector<char*> argv;
    for (size_t i = first; i < arguments.size(); ++i) argv.push_back(const_cast<char*>(arguments[i].c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
}

} // namespace

bool no_part_in(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().filename().string().starts_with(".timbrel-part-")) return false;
    return true;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

Outcome run(const std::vector<std::string>& arguments) {
    const TemporaryFolder folder;
    const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int out = open(folder.file("out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const int err = open(folder.file("err").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const pid_t pid = start(arguments, input, out, err);
    int wait_status = 0;
    waitpid(pid, &wait_status, 0);
    for (const int file : {input, out, err}) close(file);
    return {status_of(wait_status), read_file(folder.file("out")), read_file(folder.file("err"))};
}

Child::Child(const std::vector<std::string>& arguments, std::string output) : output_(std::move(output)) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    const int out = open(output_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    pid_ = start(arguments, ends[0], out, out);
    close(ends[0]);
    close(out);
    input_ = ends[1];
}

Child::~Child() {
    if (alive()) {
        signal(SIGTERM);
        if (wait(5) < 0) {
            signal(SIGKILL);
            wait(5);
        }
    }
    close(input_);
}

void Child::signal(int number) const { kill(pid_, number); }

bool Child::alive() {
    if (status_ < 0) wait(0);
    return status_ < 0;
}

int Child::wait(double seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (status_ < 0) {
        int wait_status = 0;
        if (waitpid(pid_, &wait_status, WNOHANG) == pid_) status_ = status_of(wait_status);
        if (status_ >= 0 || std::chrono::steady_clock::now() >= until) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return status_;
}

std::string Child::output() const { return read_file(output_); }

bool have(const std::vector<std::string>& programs) {
    for (const std::string& program : programs)
        if (run({"sh", "-c", "command -v " + program}).status != 0) return false;
    return true;
}

} // namespace timbrel::test
