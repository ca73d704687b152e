// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/nsm_session.h"

#include "common/error.h"

#include <cstdlib>
#include <exception>
#include <unistd.h>

namespace timbrel::host {

namespace {
constexpr char capabilities[] = ":switch:dirty:progress:";
constexpr int api_major = 1, api_minor = 1;
constexpr int general_error = -1; // of the protocol
} // namespace

bool NsmSession::has_manager() {
    const char* const url = std::getenv("NSM_URL");
    return url && *url;
}

std::unique_ptr<NsmSession> NsmSession::from_environment(SessionClient& client, const std::string& program) {
    if (!has_manager()) return nullptr;
    return std::unique_ptr<NsmSession>(new NsmSession(client, std::getenv("NSM_URL"), program));
}

NsmSession::NsmSession(SessionClient& client, const std::string& url, const std::string& program)
    : client_(client), manager_(url), socket_(nullptr, LO_UDP, [](int, const char*, const char*) {}) {
    if (!manager_.is_valid() || !socket_.is_valid())
        throw Error("NSM_URL " + url + ": not the address of a session manager; unset it to play without one");
    socket_.add_method("/nsm/client/open", "sss",
                       [this](const lo::Message& message) { open(&message.argv()[0]->s, &message.argv()[2]->s); });
    socket_.add_method("/nsm/client/save", "", [this](const lo::Message&) { save(); });
    manager_.send_from(socket_, "/nsm/server/announce", "sssiii", "Timbrel", capabilities, program.c_str(), api_major,
                       api_minor, static_cast<int>(getpid()));
}

void NsmSession::poll() {
    while (socket_.recv(0) > 0) {
    }
    if (!opened_) return;
    const bool changed = client_.session_changed();
    if (changed == dirty_) return;
    dirty_ = changed;
    manager_.send_from(socket_, dirty_ ? "/nsm/client/is_dirty" : "/nsm/client/is_clean", "");
}

void NsmSession::reply(const char* path, const std::string& failure) {
    if (failure.empty())
        manager_.send_from(socket_, "/reply", "ss", path, "done");
    else
        manager_.send_from(socket_, "/error", "sis", path, general_error, failure.c_str());
}

void NsmSession::open(const std::string& folder, const std::string& name) {
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

void NsmSession::save() {
    std::string failure;
    try {
        client_.save_session();
    } catch (const std::exception& error) {
        failure = error.what();
    }
    reply("/nsm/client/save", failure);
}

} // namespace timbrel::host
