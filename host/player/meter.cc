// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/meter.h"

#include "common/units.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace timbrel::host {

namespace {
constexpr int bar_cells = 24;
constexpr double floor_db = -60.0; // at the bar's left end
} // namespace

std::string meter_text(const MeterReading& reading) {
    const double db = reading.peak > 0 ? double{amplitude_to_db(reading.peak)} : floor_db;
    const double fraction = std::clamp(1 - db / floor_db, 0.0, 1.0);
    const int filled = static_cast<int>(std::lround(fraction * bar_cells));
    std::string bar;
    for (int i = 0; i < bar_cells; ++i) bar += i < filled ? "#" : "-";
    char level[32];
    if (db <= floor_db)
        std::snprintf(level, sizeof level, "silent  ");
    else
        std::snprintf(level, sizeof level, "%5.1f dB", db);
    std::string text;
    if (reading.voices) text = std::to_string(*reading.voices) + (*reading.voices == 1 ? " voice  " : " voices  ");
    return text + bar + " " + level + "  load " + std::to_string(std::lround(100 * reading.load)) + " %  " +
           std::to_string(reading.xruns) + " xruns";
}

bool meter_available() { return isatty(STDERR_FILENO); }

void draw_meter(const MeterReading& reading) {
    std::fprintf(stderr, "\r%s\033[K", meter_text(reading).c_str());
    std::fflush(stderr);
}

void clear_meter() {
    std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
}

} // namespace timbrel::host
