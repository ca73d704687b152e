// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI learn: assigns the next moved controller to a parameter. Assignments are kept in
// $XDG_CONFIG_HOME/timbrel/controllers.json (by default under ~/.config). Thread: control, always the same one; the
// audio thread reads map().
#pragma once

#include "host/player/midi/controller_map.h"

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>

namespace timbrel::host {

class MidiLearn {
  public:
    // Reads this plugin's assignments. `report` prints one line for the user. A file that cannot be read is reported
    // and not changed.
    MidiLearn(const std::string& plugin_uri, std::vector<Port> ports, std::function<void(const std::string&)> report);

    ControllerMap& map() { return map_; }

    // Queues a port to learn the next moved controller; ports learn in order.
    void learn(uint32_t port);
    void forget(uint32_t port);
    // The port that learns the next controller; null for none.
    const Port* armed() const { return pending_.empty() ? nullptr : &map_.ports()[pending_.front()]; }
    // Empties the queue of learning ports.
    void cancel();

    // Handles received controllers; to be called many times a second.
    void poll();

  private:
    void arm_next();
    void read();
    void write(uint32_t port);
    std::string name_of(uint32_t port) const;

    const std::string plugin_;
    const std::function<void(const std::string&)> report_;
    const std::filesystem::path file_; // empty if there is no home directory
    ControllerMap map_;
    std::deque<uint32_t> pending_;
    std::vector<Controller> candidates_; // received for the armed port
    std::vector<Controller> learned_;    // since the queue was last empty
    std::chrono::steady_clock::time_point first_candidate_time_;
    bool readable_ = true; // the file
};

} // namespace timbrel::host
