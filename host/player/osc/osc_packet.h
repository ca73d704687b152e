// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the Open Sound Control messages of host/player/osc.h. Thread: any; allocates.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace timbrel::host {

// A command that the control thread carries out.
struct OscCommand {
    enum class Kind { learn, forget, save, load } kind;
    std::string name; // of a parameter or a preset: one printable line of at most 100 bytes
};

struct OscControl {
    std::string symbol; // of a parameter that may not exist
    float value;        // finite
};

struct OscNote {
    int key, velocity; // 0–127
};

struct OscListen {
    int port; // 1–65535
};

using OscRequest = std::variant<OscCommand, OscControl, OscNote, OscListen>;

// The requests of one datagram, a message or a bundle, in order. Bundles are flattened whatever their time tags. What
// is malformed or unknown is left out. Writes into the packet.
std::vector<OscRequest> read_osc_packet(std::span<char> packet);

} // namespace timbrel::host
