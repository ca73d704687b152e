// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel play`: the plugin as an instrument on JACK, until a signal ends it. Thread: control, the program's main one.
#pragma once

#include "host/lv2/tuning_files.h"

#include <string>
#include <vector>

namespace timbrel::host {

struct PlayOptions {
    std::string bank; // as choose_bank() takes it; empty for that of the preset or state, else the first installed
    std::vector<std::string> midi; // regular expressions of MIDI source names
    std::string record;            // WAV file to record into; empty for none
    std::string osc;               // UDP port, or address and port; empty for no OSC
    bool osc_save = false;         // OSC may save new presets
    std::string plugin;            // URI of another LV2 instrument; empty for Timbrel's own
    std::string preset;            // name; empty for none
    std::string state;             // LV2 state file to start with and to save to; empty for none
    TuningFiles tuning;
    std::vector<std::string> settings; // NAME=VALUE
    std::vector<std::string> learn;    // parameters that learn MIDI controllers, in order
    std::vector<std::string> forget;   // parameters whose learned controllers are removed
    bool dummy = false;                // start a JACK server without a sound card
    bool connect = false;              // connect to the sound card and its MIDI inputs
    bool window = true;                // show the plugin's window if there is a display
};

// Prints the installed banks, one a line, each with the MIDI program number that selects it.
void list_banks();

// Prints the MIDI sources of JACK and of the system, one a line.
void list_midi();

// Plays until SIGINT, SIGTERM or SIGHUP, or until the window is closed; SIGUSR1 saves. Throws Error, UsageError or
// BankError.
void play(const PlayOptions& options);

} // namespace timbrel::host
