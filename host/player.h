// `timbrel play`: the plugin as an instrument on JACK, until it is told to end.
#pragma once

#include <string>
#include <vector>

namespace timbrel::host {

struct PlayOrder {
    std::string bank;                  // as choose_bank() takes it; empty for the first there is
    std::string midi;                  // a regular expression of JACK MIDI sources to connect; empty for none
    std::string state;                 // an LV2 state to begin with; empty for none
    std::vector<std::string> settings; // NAME=VALUE
    bool connect = false;              // to the sound card and its MIDI inputs
};

// Returns when SIGINT or SIGTERM comes. Throws Error, UsageError or BankError.
void play(const PlayOrder& order);

} // namespace timbrel::host
