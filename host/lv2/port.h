// SPDX-License-Identifier: GPL-3.0-or-later
// A plugin's ports, as read from its description. Thread: control for read_ports(); the data is constant.
#pragma once

#include "host/lv2/world.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timbrel::host {

struct Port {
    enum class Kind { control, audio, cv, atom, other };
    uint32_t index = 0;
    Kind kind = Kind::other;
    bool input = false;
    bool optional = false;            // lv2:connectionOptional
    bool midi = false;                // atom port that supports MIDI events
    bool position = false;            // atom port that supports time:Position
    bool control_designation = false; // atom port with the designation lv2:control
    std::string symbol, name;
    std::string designation; // URI; empty for none

    // For control ports, in the port's unit:
    float minimum = 0, maximum = 1;
    float default_value = 0;  // the default
    bool logarithmic = false; // pprops:logarithmic
    bool integer = false;     // only whole numbers: lv2:integer, lv2:toggled or lv2:enumeration

    uint32_t minimum_size = 0; // bytes that an atom output requires (rsz:minimumSize)
};

// Any; pure. Whether the user sets the port: a control input without a designation.
bool is_parameter(const Port& port);

// All ports of a plugin, by index. Throws Error if the description has none.
std::vector<Port> read_ports(const World& world, const LilvPlugin* plugin);

} // namespace timbrel::host
