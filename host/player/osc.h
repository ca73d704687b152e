// SPDX-License-Identifier: GPL-3.0-or-later
// Open Sound Control over UDP, received on a background thread:
//
//   /timbrel/x f        /timbrel/y f        /timbrel/xy ff      X and Y, 0–1
//   /timbrel/note ii    key and velocity; velocity 0 is a note-off
//   /timbrel/param/NAME f                   any parameter, in its unit
//   /timbrel/learn s    the parameter of that name learns the next MIDI controller; /timbrel/forget s
//   /timbrel/save s     saves an LV2 preset of that name; /timbrel/load s
//   /timbrel/listen i   sends /timbrel/x, /y and /param/NAME to that UDP port of the sender whenever they change
//
// Thread: control.
#pragma once

#include "host/lv2/instance.h"

#include <lo/lo_cpp.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace timbrel::host {

// A command that the control thread carries out.
struct OscCommand {
    enum class Kind { learn, forget, save, load } kind;
    std::string name; // of a parameter or a preset
};

class Osc {
  public:
    // Throws Error if the UDP port is taken.
    explicit Osc(int port);

    // The plugin that messages go to; null for none.
    void set_instance(Instance* instance);

    // Sends changed parameters to the listeners; to be called many times a second.
    void send_changes();

    // Removes and returns the commands received since the last call, in order.
    std::vector<OscCommand> pop_commands();

  private:
    struct Listener {
        std::unique_ptr<lo::Address> address;
        std::vector<float> last_sent; // by port; NaN at first
    };
    int receive(const char* path, const lo::Message& message);
    bool queue_command(const std::string& name, const lo::Message& message);
    bool set(const char* symbol, float value);
    void listen(const std::string& host, int port);

    std::mutex mutex_; // guards all members below against the receiving thread
    Instance* instance_ = nullptr;
    std::vector<Listener> listeners_;
    std::vector<OscCommand> commands_;
    lo::ServerThread server_;
};

} // namespace timbrel::host
