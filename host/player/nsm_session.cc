// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/nsm_session.h"

#include "common/error.h"
#include "host/player/osc/osc_argument.h"
#include "host/player/udp_socket.h"

#include <lo/lo_cpp.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace timbrel::host {

namespace {
constexpr char capabilities[] = ":switch:dirty:progress:";
constexpr int api_major = 1, api_minor = 1;
constexpr int general_error = -1;              // of the protocol
constexpr int max_requests = 16;               // handled at once; a flood waits in the socket
constexpr size_t max_datagram_bytes = 1 << 14; // paths and names of a request

// The addresses of a session manager from its URL; the one to send to is first. liblo's servers listen to IPv4.
std::vector<SocketAddress> manager_addresses(const std::string& url) {
    const lo::Address manager(url);
    std::vector<SocketAddress> found;
    if (manager.is_valid()) found = resolve(manager.hostname(), manager.port());
    std::ranges::stable_partition(found, [](const SocketAddress& a) { return a.storage.ss_family == AF_INET; });
    if (found.empty())
        throw Error("NSM_URL " + url + ": not the address of a session manager; unset it to play without one");
    return found;
}

// Not a server of liblo, which answers some messages of anybody by itself.
class LibloNsmSession : public NsmSession {
  public:
    LibloNsmSession(SessionClient& client, const std::string& url, const std::string& program);
    void poll() override;

  private:
    bool is_manager(const SocketAddress& sender) const;
    void handle(std::span<char> datagram);
    void send(const char* path, const lo::Message& message);
    void reply(const char* path, const std::string& failure);
    void open(const std::string& folder, const std::string& name);
    void save();

    SessionClient& client_;
    std::vector<SocketAddress> manager_;
    UdpSocket socket_;
    bool opened_ = false, dirty_ = false;
};

LibloNsmSession::LibloNsmSession(SessionClient& client, const std::string& url, const std::string& program)
    : client_(client), manager_(manager_addresses(url)), socket_(UdpSocket::any_port(manager_.front())) {
    lo::Message announcement;
    announcement.add_string("Timbrel");
    announcement.add_string(capabilities);
    announcement.add_string(program);
    for (const int number : {api_major, api_minor, static_cast<int>(getpid())}) announcement.add_int32(number);
    send("/nsm/server/announce", announcement);
}

// Whether a datagram comes from the manager's port and machine. A manager on this machine may use another of its
// addresses than it announces.
bool LibloNsmSession::is_manager(const SocketAddress& sender) const {
    return std::ranges::any_of(manager_, [&](const SocketAddress& manager) {
        return sender.port() == manager.port() &&
               (sender.same_host(manager) || (sender.is_local() && manager.is_local()));
    });
}

void LibloNsmSession::handle(std::span<char> datagram) {
    const std::string_view text(datagram.data(), datagram.size());
    const std::string_view path = text.substr(0, std::min(text.find('\0'), text.size()));
    if (path != "/nsm/client/open" && path != "/nsm/client/save") return;
    const lo_message parsed = lo_message_deserialise(datagram.data(), datagram.size(), nullptr);
    if (!parsed) return;
    const lo::Message message(parsed);
    if (path == "/nsm/client/open" && message.types() == "sss") open(osc_text(message, 0), osc_text(message, 2));
    if (path == "/nsm/client/save" && message.types().empty()) save();
}

void LibloNsmSession::send(const char* path, const lo::Message& message) {
    std::vector<char> datagram(lo_message_length(message, path));
    lo_message_serialise(message, path, datagram.data(), nullptr);
    socket_.send_to(manager_.front(), datagram);
}

void LibloNsmSession::poll() {
    std::array<char, max_datagram_bytes> buffer;
    for (int i = 0; i < max_requests; ++i) {
        SocketAddress sender;
        const auto datagram = socket_.receive(buffer, sender, 0);
        if (datagram.empty()) break;
        if (is_manager(sender)) handle(datagram);
    }
    if (!opened_) return;
    const bool changed = client_.session_changed();
    if (changed == dirty_) return;
    dirty_ = changed;
    send(dirty_ ? "/nsm/client/is_dirty" : "/nsm/client/is_clean", {});
}

void LibloNsmSession::reply(const char* path, const std::string& failure) {
    lo::Message message;
    message.add_string(path);
    if (!failure.empty()) message.add_int32(general_error);
    message.add_string(failure.empty() ? "done" : failure);
    send(failure.empty() ? "/reply" : "/error", message);
}

void LibloNsmSession::open(const std::string& folder, const std::string& name) {
    std::string failure;
    const auto send_progress = [this](float progress) {
        lo::Message message;
        message.add_float(progress);
        send("/nsm/client/progress", message);
    };
    send_progress(0);
    try {
        client_.open_session(folder, name);
        opened_ = true;
        dirty_ = false;
    } catch (const std::exception& error) {
        failure = error.what();
    }
    send_progress(1);
    reply("/nsm/client/open", failure);
}

void LibloNsmSession::save() {
    std::string failure;
    try {
        client_.save_session();
    } catch (const std::exception& error) {
        failure = error.what();
    }
    reply("/nsm/client/save", failure);
}

} // namespace

std::unique_ptr<NsmSession> join_session(SessionClient& client, const std::string& program) {
    if (!has_session_manager()) return nullptr;
    return std::make_unique<LibloNsmSession>(client, std::getenv("NSM_URL"), program);
}

} // namespace timbrel::host
