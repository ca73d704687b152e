// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/baking/bake_client.h"

#include "common/error.h"
#include "common/programs/bake_service.h"
#include "common/programs/find_program.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace timbrel::ui {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds start_timeout{20}; // the program takes seconds to load from a slow disk
constexpr std::chrono::seconds start_interval{1};
constexpr int max_lost = 5; // connections without an answer; more mean that the bake crashes
constexpr char program[] = "timbrel-bake";

// Next to the folder of plugins in which this library is installed, in the same build folder, or on the PATH.
std::string find_service() {
    namespace fs = std::filesystem;
    Dl_info library{};
    std::vector<fs::path> folders;
    if (dladdr(program, &library) && library.dli_fname) {
        const fs::path bundle = fs::absolute(library.dli_fname).parent_path();
        for (const char* const folder : {"../../../bin", "../../../../bin", "../../../../models"})
            folders.push_back(bundle / folder);
    }
    return find_program(program, std::move(folders));
}

// Starts `timbrel-bake serve` in a session of its own, with none of this process's files and signal settings. Returns
// -1 if that fails.
pid_t spawn_service(const std::string& file) {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (const int output : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    char serve[] = "serve";
    char* const arguments[] = {const_cast<char*>(program), serve, nullptr};
    pid_t process = -1;
    if (posix_spawn(&process, file.c_str(), &actions, &attributes, arguments, environ) != 0) process = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return process;
}

} // namespace

BakeClient::~BakeClient() {
    cancel();
    reap_service();
}

void BakeClient::start(const std::vector<std::string>& arguments) { request({{"bake", arguments}}); }

void BakeClient::check(const std::vector<std::string>& sources) { request({{"check", sources}}); }

void BakeClient::request(const json& message) {
    cancel();
    request_ = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    deadline_ = std::chrono::steady_clock::now() + start_timeout;
    answered_ = false;
    lost_ = 0;
    state_ = State::connecting;
}

void BakeClient::cancel() {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
    received_.clear();
    state_ = State::idle;
}

std::optional<json> BakeClient::next_message() {
    reap_service();
    if (state_ == State::connecting) return connect();
    if (state_ == State::idle) return {};
    if (auto message = take_line()) return message;
    char buffer[4096];
    const ssize_t size = recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (size <= 0 && !answered_ && ++lost_ < max_lost) return retry(); // the service was ending
    if (size <= 0 || received_.size() > max_service_line)
        return fail("timbrel-bake ended before the bank was finished");
    received_.append(buffer, static_cast<size_t>(size));
    return take_line();
}

std::optional<json> BakeClient::connect() {
    try {
        if (try_connect()) return {};
        if (!start_service()) return fail("to bake sounds here, install timbrel-bake");
    } catch (const Error& error) {
        return fail(error.what());
    }
    if (std::chrono::steady_clock::now() > deadline_) return fail("timbrel-bake does not start");
    return {};
}

std::optional<json> BakeClient::retry() {
    close(std::exchange(socket_, -1));
    state_ = State::connecting;
    return connect();
}

bool BakeClient::try_connect() {
    const sockaddr_un address = socket_address(bake_service_path());
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
            static_cast<ssize_t>(request_.size())) {
        state_ = State::connected;
        return true;
    }
    if (socket_ >= 0) close(std::exchange(socket_, -1));
    return false;
}

bool BakeClient::start_service() {
    const auto now = std::chrono::steady_clock::now();
    if (service_ >= 0 || now < next_start_) return true; // it is still starting
    next_start_ = now + start_interval;
    const std::string file = find_service();
    if (!file.empty()) service_ = spawn_service(file);
    return service_ >= 0;
}

void BakeClient::reap_service() {
    if (service_ >= 0 && waitpid(service_, nullptr, WNOHANG) != 0) service_ = -1;
}

std::optional<json> BakeClient::take_line() {
    const size_t end = received_.find('\n');
    if (end == received_.npos) return {};
    json message = json::parse(received_.begin(), received_.begin() + static_cast<ptrdiff_t>(end), nullptr, false);
    received_.erase(0, end + 1);
    answered_ = true;
    if (!message.is_object()) return fail("timbrel-bake sent what is no message");
    if (message.contains("error") || message.contains("finished")) cancel();
    return message;
}

std::optional<json> BakeClient::fail(const std::string& text) {
    cancel();
    return json{{"error", text}};
}

} // namespace timbrel::ui
