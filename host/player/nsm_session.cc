// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/nsm_session.h"

#include "common/error.h"
#include "host/player/udp_socket.h"

#include <lo/lo_cpp.h>

#include <cstdlib>
#include <exception>
#include <unistd.h>
#include <vector>

namespace timbrel::host {

namespace {
constexpr char capabilities[] = ":switch:dirty:progress:";
constexpr int api_major = 1, api_minor = 1;
constexpr int general_error = -1; // of the protocol
constexpr int max_requests = 16;  // handled at once; a flood waits in the socket

class LibloNsmSession : public NsmSession {
  public:
    LibloNsmSession(SessionClient& client, const std::string& url, const std::string& program);
    void poll() override;

  private:
    bool from_manager(const lo::Message& message) const;
    void reply(const char* path, const std::string& failure);
    void open(const std::string& folder, const std::string& name);
    void save();

    SessionClient& client_;
    lo::Address manager_;
    std::vector<SocketAddress> manager_addresses_;
    lo::Server socket_;
    bool opened_ = false, dirty_ = false;
};

LibloNsmSession::LibloNsmSession(SessionClient& client, const std::string& url, const std::string& program)
    : client_(client), manager_(url), socket_(nullptr, LO_UDP, [](int, const char*, const char*) {}) {
    if (!manager_.is_valid() || !socket_.is_valid())
        throw Error("NSM_URL " + url + ": not the address of a session manager; unset it to play without one");
    manager_addresses_ = resolve(manager_.hostname(), manager_.port());
    lo_server_enable_queue(socket_, 0, 0); // no message waits for its time tag
    socket_.add_method("/nsm/client/open", "sss", [this](const lo::Message& message) {
        if (from_manager(message)) open(&message.argv()[0]->s, &message.argv()[2]->s);
    });
    socket_.add_method("/nsm/client/save", "", [this](const lo::Message& message) {
        if (from_manager(message)) save();
    });
    manager_.send_from(socket_, "/nsm/server/announce", "sssiii", "Timbrel", capabilities, program.c_str(), api_major,
                       api_minor, static_cast<int>(getpid()));
}

// Whether the message comes from the manager's port and machine. A manager on this machine may use another of its
// addresses than it announces.
bool LibloNsmSession::from_manager(const lo::Message& message) const {
    const lo::Address source = message.source();
    for (const SocketAddress& sender : resolve(source.hostname(), source.port()))
        for (const SocketAddress& manager : manager_addresses_)
            if (sender.port() == manager.port() &&
                (sender.same_host(manager) || (sender.is_local() && manager.is_local())))
                return true;
    return false;
}

void LibloNsmSession::poll() {
    for (int i = 0; i < max_requests && socket_.recv(0) > 0; ++i) {
    }
    if (!opened_) return;
    const bool changed = client_.session_changed();
    if (changed == dirty_) return;
    dirty_ = changed;
    manager_.send_from(socket_, dirty_ ? "/nsm/client/is_dirty" : "/nsm/client/is_clean", "");
}

void LibloNsmSession::reply(const char* path, const std::string& failure) {
    if (failure.empty())
        manager_.send_from(socket_, "/reply", "ss", path, "done");
    else
        manager_.send_from(socket_, "/error", "sis", path, general_error, failure.c_str());
}

void LibloNsmSession::open(const std::string& folder, const std::string& name) {
    std::string failure;
    manager_.send_from(socket_, "/nsm/client/progress", "f", 0.0f);
    try {
        client_.open_session(folder, name);
        opened_ = true;
        dirty_ = false;
    } catch (const std::exception& error) {
        failure = error.what();
    }
    manager_.send_from(socket_, "/nsm/client/progress", "f", 1.0f);
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
