// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel render`: plays a song through the plugin into a sound file, faster than real time. Thread: control.
#pragma once

#include "host/lv2/tuning_files.h"

#include <optional>
#include <string>
#include <vector>

namespace timbrel::host {

struct RenderOptions {
    std::string bank, song, out; // files; an existing `out` is replaced when the new one is complete
    std::string xy;              // a CSV file for XyPath; empty for a fixed position
    std::optional<float> x, y;   // fixed position, 0 … 1; without `xy`, x and y the plugin's defaults apply
    std::string preset;          // name; empty for none
    std::string state;           // file of the LV2 state to start with; empty for none
    TuningFiles tuning;
    std::vector<std::string> settings; // NAME=VALUE
    bool programs = false;             // whether program changes of the song choose among the banks of the folders
    std::vector<int> skipped_channels; // MIDI channels of the song that are left out, 1 … 16
    int rate = 48000;                  // frames per second
    int block = 64;                    // frames; does not affect the sound
    bool float32 = false;              // 32-bit float instead of 24-bit samples
};

// Prints a line where the song is damaged or has no notes. Throws Error, UsageError or BankError, and then leaves no
// file.
void render(const RenderOptions& options);

} // namespace timbrel::host
