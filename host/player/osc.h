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
// Bundles are handled at once, whatever their time tag. However much arrives, the work is bounded: the surplus is lost.
//
// Thread: control.
#pragma once

#include "host/lv2/instance.h"
#include "host/player/osc/osc_packet.h"

#include <memory>
#include <optional>
#include <string>

namespace timbrel::host {

class Osc {
  public:
    virtual ~Osc() = default;

    // The plugin that messages go to; null for none.
    virtual void set_instance(Instance* instance) = 0;

    // Sends changed parameters to the listeners; to be called many times a second.
    virtual void send_changes() = 0;

    // Removes and returns the oldest command received, if any.
    virtual std::optional<OscCommand> pop_command() = 0;
};

// Listens at `address`: "PORT" for programs on this machine, or "ADDRESS:PORT" (udp_socket.h). Throws UsageError for
// another text, and in a program that is built without liblo; Error where the port is taken.
std::unique_ptr<Osc> make_osc(const std::string& address);

} // namespace timbrel::host
