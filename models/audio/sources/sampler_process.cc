#include "models/audio/sources/sampler_process.h"

#include "models/audio/io/audio.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace timbrel::audio {
namespace {

namespace fs = std::filesystem;

constexpr int patience = 60; // seconds for one answer: the largest instruments load for long
constexpr std::chrono::milliseconds grace{2000}, glance{5}; // for a sampler to end

// Beside this program: in the build tree, or installed.
fs::path sampler_path() {
    std::error_code error;
    const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& folder : {here / ".." / "host", here / ".." / "libexec" / "timbrel"})
        if (const fs::path program = folder / host::sampler_program; fs::exists(program, error)) return program;
    throw AudioError(std::string(host::sampler_program) +
                     " is not installed beside this program; it plays LV2 instruments, so install it too");
}

} // namespace

SamplerProcess::SamplerProcess(std::string instrument, double rate) : instrument_(std::move(instrument)) {
    const std::string program = sampler_path().string(), hertz = std::to_string(rate);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw AudioError(instrument_ + ": cannot be started: " + std::strerror(errno));
    socket_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    // Plugins are talkative; what matters comes over the socket.
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    const char* const words[] = {program.c_str(), instrument_.c_str(), hertz.c_str(), nullptr};
    const int error =
        posix_spawn(&process_, program.c_str(), &actions, nullptr, const_cast<char* const*>(words), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0) return;
    close(socket_);
    throw AudioError(instrument_ + ": cannot be started: " + std::strerror(error));
}

SamplerProcess::~SamplerProcess() {
    if (process_ < 0) return;
    kill(process_, SIGKILL);
    reap();
}

void SamplerProcess::ask(const host::NoteRequest& request) {
    // Where it has gone, the answer tells why.
    static_cast<void>(send(socket_, &request, sizeof request, MSG_NOSIGNAL));
}

std::string SamplerProcess::answer(host::ReplyKind kind, const std::string& doing) {
    if (process_ < 0) throw AudioError(end_);
    host::ReplyHead head{};
    receive(&head, sizeof head, doing);
    if (head.kind != kind && head.kind != host::ReplyKind::failure) tell_end(doing);
    std::string content(head.bytes, '\0');
    receive(content.data(), content.size(), doing);
    if (head.kind == host::ReplyKind::failure) throw AudioError("lv2:" + instrument_ + ": " + content);
    return content;
}

void SamplerProcess::receive(void* to, size_t bytes, const std::string& doing) {
    auto* at = static_cast<char*>(to);
    while (bytes > 0) {
        pollfd waiting{socket_, POLLIN, 0};
        const int ready = poll(&waiting, 1, patience * 1000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            kill(process_, SIGKILL); // what it said later would be taken for the answer to another question
            fail("the plugin gives no answer " + doing);
        }
        const ssize_t got = recv(socket_, at, bytes, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) tell_end(doing);
        at += got;
        bytes -= static_cast<size_t>(got);
    }
}

void SamplerProcess::tell_end(const std::string& doing) { fail("the plugin crashed " + doing + " (" + reap() + ")"); }

void SamplerProcess::fail(const std::string& why) {
    if (process_ >= 0) reap();
    end_ = "lv2:" + instrument_ + ": " + why + "; choose another";
    throw AudioError(end_);
}

std::string SamplerProcess::reap() {
    close(std::exchange(socket_, -1)); // a sound sampler ends by itself now
    const pid_t process = std::exchange(process_, -1);
    int status = 0;
    const auto ended = [&](int options) {
        pid_t found;
        do found = waitpid(process, &status, options);
        while (found < 0 && errno == EINTR);
        return found != 0;
    };
    for (const auto late = std::chrono::steady_clock::now() + grace; !ended(WNOHANG);) {
        if (std::chrono::steady_clock::now() > late) {
            kill(process, SIGKILL);
            ended(0);
            return "it hung";
        }
        std::this_thread::sleep_for(glance);
    }
    return WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ended its process";
}

} // namespace timbrel::audio
