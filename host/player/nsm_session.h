// SPDX-License-Identifier: GPL-3.0-or-later
// A client of the Non/New Session Manager (NSM, API 1.1), which opens and saves the player's session and gives it its
// JACK name. Thread: control, always the same one.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

namespace timbrel::host {

class SessionClient {
  public:
    virtual ~SessionClient() = default;
    // Opens the session in `folder`, which may not exist yet, and plays as JACK client `name`. Exceptions are reported
    // to the manager.
    virtual void open_session(const std::string& folder, const std::string& name) = 0;
    // Saves the session. Exceptions are reported to the manager.
    virtual void save_session() = 0;
    virtual bool session_changed() = 0;
};

class NsmSession {
  public:
    virtual ~NsmSession() = default;

    // Handles the manager's requests, at most a few at a time, and reports unsaved changes; to be called many times a
    // second.
    virtual void poll() = 0;
};

// Whether a session manager has started this program (NSM_URL is set).
inline bool has_session_manager() {
    const char* const url = std::getenv("NSM_URL");
    return url && *url;
}

// Null if there is no manager. `client` must outlive the session. Throws Error if NSM_URL is not a valid address, or in
// a program that is built without liblo.
std::unique_ptr<NsmSession> join_session(SessionClient& client, const std::string& program);

} // namespace timbrel::host
