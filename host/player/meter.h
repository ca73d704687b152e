// SPDX-License-Identifier: GPL-3.0-or-later
// A one-line terminal meter: voices, level, CPU load and xruns. Thread: control.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace timbrel::host {

struct MeterReading {
    std::optional<int> voices; // none if the plugin does not report them
    float peak = 0;            // full scale = 1
    float load = 0;            // CPU load, 0–1
    uint32_t xruns = 0;
};

// The line, without control characters.
std::string meter_text(const MeterReading& reading);

// Whether standard error is a terminal.
bool meter_available();

// Draws the meter over its earlier line.
void draw_meter(const MeterReading& reading);
// Erases the line, so that another one can be printed.
void clear_meter();

} // namespace timbrel::host
