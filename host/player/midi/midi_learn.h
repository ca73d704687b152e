// MIDI learn: the user names a parameter, then moves a controller, and from then on the one moves the other. Kept in
// the user's configuration folder. Main thread only; the map it teaches is the audio thread's as well.
#pragma once

#include "host/player/midi/controller_map.h"

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>

namespace timbrel::host {

class Lessons {
  public:
    // Reads what this plugin's controls have learnt. `say` tells the user one line. A file that cannot be read is told
    // of and left as it is.
    Lessons(const std::string& plugin_uri, std::vector<Port> ports, std::function<void(const std::string&)> say);

    ControllerMap& map() { return map_; }

    // The next controller that moves is this port's; several wait for their turn.
    void learn(uint32_t port);
    void forget(uint32_t port);
    // The port that waits for a controller now; null for none.
    const Port* pupil() const { return due_.empty() ? nullptr : &map_.ports()[due_.front()]; }
    void cancel(); // all that wait

    // Many times a second.
    void attend();

  private:
    void begin();
    void read();
    void write(uint32_t port);
    std::string name_of(uint32_t port) const;

    const std::string plugin_;
    const std::function<void(const std::string&)> say_;
    const std::filesystem::path file_; // empty where the user has no home
    ControllerMap map_;
    std::deque<uint32_t> due_;
    std::vector<Controller> heard_;  // for the pupil
    std::vector<Controller> taught_; // since there were pupils
    std::chrono::steady_clock::time_point first_heard_;
    bool readable_ = true; // the file
};

} // namespace timbrel::host
