// A song and a way across the plane, played by the plugin into a sound file, faster than real time. Offline use only.
#pragma once

#include "host/lv2/tuning_files.h"

#include <optional>
#include <string>
#include <vector>

namespace timbrel::host {

struct RenderOrder {
    std::string bank, song, out; // files; an existing `out` is replaced once the new one is whole
    std::string xy;              // a CSV file; empty for a fixed place
    std::optional<float> x, y;   // 0 … 1; where there is neither a way nor a place, the plugin's defaults hold
    std::string preset;          // by its name; empty for none
    std::string state;           // an LV2 state to begin with; empty for none
    TuningChoice tuning;
    std::vector<std::string> settings; // NAME=VALUE
    int rate = 48000;                  // frames per second
    int block = 64;                    // frames; the sound does not depend on it
    bool float32 = false;              // 32-bit float instead of 24-bit samples
};

// Throws Error, UsageError or BankError; then no file is left.
void render(const RenderOrder& order);

} // namespace timbrel::host
