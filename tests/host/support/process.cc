#include "tests/host/support/process.h"

#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace timbrel::test {

namespace {

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

pid_t start(const std::vector<std::string>& words, int input, int out, int err) {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    setpgid(0, 0);
    dup2(input, 0);
    dup2(out, 1);
    dup2(err, 2);
    size_t first = 0;
    for (; first < words.size() && words[first].find('=') != std::string::npos; ++first)
        putenv(const_cast<char*>(words[first].c_str()));
    std::vector<char*> arguments;
    for (size_t i = first; i < words.size(); ++i) arguments.push_back(const_cast<char*>(words[i].c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

} // namespace

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

Outcome run(const std::vector<std::string>& words) {
    const TemporaryFolder folder;
    const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int out = open(folder.file("out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const int err = open(folder.file("err").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const pid_t pid = start(words, input, out, err);
    int raw = 0;
    waitpid(pid, &raw, 0);
    for (const int file : {input, out, err}) close(file);
    return {status_of(raw), read_file(folder.file("out")), read_file(folder.file("err"))};
}

Child::Child(const std::vector<std::string>& words, std::string output) : output_(std::move(output)) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    const int out = open(output_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    pid_ = start(words, ends[0], out, out);
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

void Child::say(const std::string& line) const {
    if (write(input_, line.data(), line.size()) < 0) return;
}

bool Child::alive() {
    if (status_ < 0) wait(0);
    return status_ < 0;
}

int Child::wait(double seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (status_ < 0) {
        int raw = 0;
        if (waitpid(pid_, &raw, WNOHANG) == pid_) status_ = status_of(raw);
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
