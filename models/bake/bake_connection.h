// SPDX-License-Identifier: GPL-3.0-or-later
// The bake service's side of a connection to a window (common/programs/bake_service.h).
// Threads: control, except send().
#pragma once

#include "models/bake/baker.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

class BakeConnection {
  public:
    // `socket` is connected, and stays the caller's.
    explicit BakeConnection(int socket) : socket_(socket) {}

    // Waits for the window's request. Throws Error if there is none within 10 seconds.
    nlohmann::json read_request();

    // From now on this process ends as soon as the window closes the connection.
    void end_with_window();

    // Thread: any. Does nothing if the window has gone.
    void send(const nlohmann::json& message);

  private:
    int socket_;
};

// Opens the sources and reports each one's hash, or why it cannot be used.
void check_sources(BakeConnection& connection, const std::vector<std::string>& sources);

// Bakes the stages of a recipe (bake_stages.h) one after the other, each to `output`, and reports to the window.
// Throws std::exception as bake() does, and Error if a source cannot be opened.
void bake_in_stages(BakeConnection& connection, const PlaneRecipe& wanted, const Shard& shard, torch::Device device,
                    const std::string& output, double fine_tune_minutes);

} // namespace timbrel::models
