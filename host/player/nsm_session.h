// A client of the Non/New Session Manager: it is told what to open, when to save and under which name to join JACK, and
// tells whether there is something to save. Main thread only.
#pragma once

#include <lo/lo_cpp.h>

#include <memory>
#include <string>

namespace timbrel::host {

class SessionClient {
  public:
    virtual ~SessionClient() = default;
    // Opens the project whose files lie in `folder`, which may not exist yet, and plays as JACK client `name`. A
    // failure is thrown, and told to the manager.
    virtual void open_session(const std::string& folder, const std::string& name) = 0;
    virtual void save_session() = 0; // throws likewise
    virtual bool session_changed() = 0;
};

class NsmSession {
  public:
    // Whether a session manager has started this program.
    static bool has_manager();

    // Null when there is none (NSM_URL is not set). Throws Error when its address is no
    // address. `client` must outlive the object.
    static std::unique_ptr<NsmSession> from_environment(SessionClient& client, const std::string& program);

    // Many times a second: does what the manager has asked for since, and tells it of changes.
    void attend();

  private:
    NsmSession(SessionClient& client, const std::string& url, const std::string& program);
    void answer(const char* path, const std::string& failure);
    void open(const std::string& folder, const std::string& name);
    void save();

    SessionClient& client_;
    lo::Address manager_;
    lo::Server socket_;
    bool opened_ = false, dirty_ = false;
};

} // namespace timbrel::host
