// SPDX-License-Identifier: GPL-3.0-or-later
// The window's connection to the bake service (common/programs/bake_service.h); starts the service where none runs.
// Never waits. Thread: control (the window's).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace timbrel::ui {

class BakeClient {
  public:
    BakeClient() = default;
    ~BakeClient(); // cancels the bake
    BakeClient(const BakeClient&) = delete;
    BakeClient& operator=(const BakeClient&) = delete;

    // Asks for a bake with these arguments of `timbrel bake`. Cancels the one before.
    void start(const std::vector<std::string>& arguments);
    // Asks whether these sources can be used, and for the hashes of their contents.
    void check(const std::vector<std::string>& sources);
    void cancel();
    bool running() const { return state_ != State::idle; }

    // The service's next message, if there is one. A lost connection and a missing service are messages with "error",
    // too. To be called several times a second.
    std::optional<nlohmann::json> next_message();

  private:
    enum class State { idle, connecting, connected };

    void request(const nlohmann::json& message);
    std::optional<nlohmann::json> connect();
    std::optional<nlohmann::json> retry();
    bool try_connect();
    bool start_service();
    void reap_service();
    std::optional<nlohmann::json> take_line();
    std::optional<nlohmann::json> fail(const std::string& text);

    State state_ = State::idle;
    int socket_ = -1;
    std::string request_, received_;
    std::chrono::steady_clock::time_point deadline_;   // of connecting
    std::chrono::steady_clock::time_point next_start_; // of a service, at the earliest
    bool answered_ = false;                            // to this request
    int lost_ = 0;                                     // connections that ended without an answer
    pid_t service_ = -1; // the process that starts the service, and ends when it has; -1 once it is reaped
};

} // namespace timbrel::ui
