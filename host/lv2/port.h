// What a plugin's ports are, read once from its description.
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
    bool optional = false;                      // may stay unconnected
    bool midi = false;                          // an atom port that takes or gives MIDI
    bool position = false;                      // an atom port that hears where the song stands
    bool main_atom = false;                     // designated lv2:control
    bool logarithmic = false, whole = false;    // how a control port's values lie: by ratios; at whole numbers only
    std::string symbol, name, designation;      // designation: a URI, or empty
    float minimum = 0, maximum = 1, normal = 0; // of control ports, in the port's unit
    uint32_t minimum_size = 0;                  // bytes that an atom output asks for
};

// Whether a user sets it: a control input that no host gives a meaning of its own.
bool is_setting(const Port& port);

// All ports of a plugin, by index. Throws Error when the description lacks them.
std::vector<Port> read_ports(const World& world, const LilvPlugin* plugin);

} // namespace timbrel::host
