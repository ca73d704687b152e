// SPDX-License-Identifier: GPL-3.0-or-later
// A client of the Non/New Session Manager (NSM, API 1.1), which opens and saves the player's session and gives it its
// JACK name. Thread: control, always the same one.
#pragma once

#include <lo/lo_cpp.h>

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
    // Whether a session manager has started this program (NSM_URL is set).
    static bool has_manager();

    // Null if there is no manager. `client` must outlive the object. Throws Error if NSM_URL is not a valid address.
    static std::unique_ptr<NsmSession> from_environment(SessionClient& client, const std::string& program);

    // Handles the manager's requests and reports unsaved changes; to be called many times a second.
    void poll();

  private:
    NsmSession(SessionClient& client, const std::string& url, const std::string& program);
    void reply(const char* path, const std::string& failure);
    void open(const std::string& folder, const std::string& name);
    void save();

    SessionClient& client_;
    lo::Address manager_;
    lo::Server socket_;
    bool opened_ = false, dirty_ = false;
};

} // namespace timbrel::host
