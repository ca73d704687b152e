// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/sampler_process.h"

#include <nlohmann/json.hpp>

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

constexpr int reply_timeout = 60;                                         // seconds; large instruments load slowly
constexpr std::chrono::milliseconds exit_timeout{2000}, poll_interval{5}; // for the process to end

// The sampler's path in the build tree or where it is installed.
fs::path sampler_path() {
    std::error_code error;
    const fs::path program_folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& folder : {program_folder / ".." / "host", program_folder / ".." / "libexec" / "timbrel"})
        if (const fs::path program = folder / host::sampler_program; fs::exists(program, error)) return program;
    throw AudioError(std::string(host::sampler_program) +
                     " is not installed next to this program; it is needed to play LV2 instruments");
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
    // Discard what plugins print; replies come over the socket.
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    const char* const arguments[] = {program.c_str(), instrument_.c_str(), hertz.c_str(), nullptr};
    const int error =
        posix_spawn(&process_, program.c_str(), &actions, nullptr, const_cast<char* const*>(arguments), environ);
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

void SamplerProcess::set_controls(const host::ControlValues& controls) {
    const std::string content = nlohmann::json(controls).dump();
    send_request(host::RequestKind::controls, content.data(), content.size());
    receive_reply(host::ReplyKind::controls_set, "while its controls were set");
}

void SamplerProcess::request_note(const host::NoteRequest& request) {
    send_request(host::RequestKind::note, &request, sizeof request);
}

void SamplerProcess::send_request(host::RequestKind kind, const void* content, size_t bytes) {
    const host::RequestHeader head{kind, static_cast<uint32_t>(bytes)};
    const auto* const from = static_cast<const char*>(content);
    std::string request(reinterpret_cast<const char*>(&head), sizeof head);
    request.append(from, bytes);
    // A failure shows in the reply.
    static_cast<void>(send(socket_, request.data(), request.size(), MSG_NOSIGNAL));
}

std::string SamplerProcess::receive_reply(host::ReplyKind kind, const std::string& activity) {
    if (process_ < 0) throw AudioError(error_);
    host::ReplyHeader head{};
    receive(&head, sizeof head, activity);
    if (head.kind != kind && head.kind != host::ReplyKind::failure) throw_crash(activity);
    std::string content(head.bytes, '\0');
    receive(content.data(), content.size(), activity);
    if (head.kind == host::ReplyKind::failure) throw AudioError("lv2:" + instrument_ + ": " + content);
    return content;
}

Audio SamplerProcess::receive_sound(double rate) {
    const std::string sound = receive_reply(host::ReplyKind::sound, "while it played a note");
    const size_t frames = sound.size() / (2 * sizeof(float));
    Audio audio{rate, std::vector<float>(frames), std::vector<float>(frames)};
    std::memcpy(audio.left.data(), sound.data(), frames * sizeof(float));
    std::memcpy(audio.right.data(), sound.data() + frames * sizeof(float), frames * sizeof(float));
    return audio;
}

void SamplerProcess::receive(void* to, size_t bytes, const std::string& activity) {
    auto* at = static_cast<char*>(to);
    while (bytes > 0) {
        pollfd event{socket_, POLLIN, 0};
        const int ready = poll(&event, 1, reply_timeout * 1000);
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            kill(process_, SIGKILL); // a late reply would be taken for the next one
            fail("the plugin does not respond " + activity);
        }
        const ssize_t count = recv(socket_, at, bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw_crash(activity);
        at += count;
        bytes -= static_cast<size_t>(count);
    }
}

void SamplerProcess::throw_crash(const std::string& activity) {
    fail("the plugin crashed " + activity + " (" + reap() + ")");
}

void SamplerProcess::fail(const std::string& reason) {
    if (process_ >= 0) reap();
    error_ = "lv2:" + instrument_ + ": " + reason + "; choose another instrument";
    throw AudioError(error_);
}

std::string SamplerProcess::reap() {
    close(std::exchange(socket_, -1)); // a working sampler exits now
    const pid_t process = std::exchange(process_, -1);
    int status = 0;
    const auto has_ended = [&](int options) {
        pid_t result;
        do result = waitpid(process, &status, options);
        while (result < 0 && errno == EINTR);
        return result != 0;
    };
    for (const auto deadline = std::chrono::steady_clock::now() + exit_timeout; !has_ended(WNOHANG);) {
        if (std::chrono::steady_clock::now() > deadline) {
            kill(process, SIGKILL);
            has_ended(0);
            return "it hung";
        }
        std::this_thread::sleep_for(poll_interval);
    }
    return WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ended its process";
}

} // namespace timbrel::audio
