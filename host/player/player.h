// `timbrel play`: the plugin as an instrument on JACK, until it is told to end.
#pragma once

#include "host/lv2/tuning_files.h"

#include <string>
#include <vector>

namespace timbrel::host {

struct PlayOrder {
    std::string bank;              // as choose_bank() takes it; empty for the one of preset or state, else the first
    std::vector<std::string> midi; // regular expressions of the MIDI sources to play from
    std::string record;            // a WAV file to record into; empty for none
    int osc_port = 0;              // UDP; 0 for no OSC
    std::string plugin;            // another LV2 instrument's URI; empty for Timbrel's own
    std::string preset;            // by its name; empty for none
    std::string state;             // the LV2 state to begin with, where keep() saves; empty for none
    TuningChoice tuning;
    std::vector<std::string> settings;      // NAME=VALUE
    std::vector<std::string> learn, forget; // parameters that learn MIDI controllers, one by one, or forget theirs
    bool dummy = false;                     // no sound card, but a server of the player's own
    bool connect = false;                   // to the sound card and its MIDI inputs
    bool window = true;                     // where there is a screen
};

// Prints the banks in the bank folders, one a line, each with the number under which MIDI program changes choose it.
void list_banks();

// Prints the MIDI sources of JACK and of the system, one a line.
void list_midi();

// Returns when SIGINT or SIGTERM comes; SIGUSR1 keeps the setting. Throws Error, UsageError or BankError.
void play(const PlayOrder& order);

} // namespace timbrel::host
