// The player on one line of a terminal: voices, level, load and what went wrong. Main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace timbrel::host {

struct MeterReading {
    std::optional<int> voices; // where the plugin tells
    float peak = 0;            // full scale = 1
    float load = 0;            // share of the period, 0–1
    uint32_t xruns = 0;
};

// Without control characters.
std::string meter_text(const MeterReading& reading);

// Whether there is a terminal to draw on.
bool meter_possible();

// Overwrites the meter's line, and takes it away again before something else is said.
void draw_meter(const MeterReading& reading);
void clear_meter();

} // namespace timbrel::host
