#include "host/player/meter.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace timbrel::host {

namespace {
constexpr int cells = 24;           // of the bar
constexpr double lowest_db = -60.0; // at its left end
} // namespace

std::string meter_text(const MeterReading& reading) {
    const double db = reading.peak > 0 ? 20 * std::log10(reading.peak) : lowest_db;
    const double share = std::clamp(1 - db / lowest_db, 0.0, 1.0);
    const int lit = static_cast<int>(std::lround(share * cells));
    std::string bar;
    for (int i = 0; i < cells; ++i) bar += i < lit ? "#" : "-";
    char level[32];
    if (db <= lowest_db)
        std::snprintf(level, sizeof level, "silent  ");
    else
        std::snprintf(level, sizeof level, "%5.1f dB", db);
    std::string text;
    if (reading.voices) text = std::to_string(*reading.voices) + (*reading.voices == 1 ? " voice  " : " voices  ");
    return text + bar + " " + level + "  load " + std::to_string(std::lround(100 * reading.load)) + " %  " +
           std::to_string(reading.xruns) + " xruns";
}

bool meter_possible() { return isatty(STDERR_FILENO); }

void draw_meter(const MeterReading& reading) {
    std::fprintf(stderr, "\r%s\033[K", meter_text(reading).c_str());
    std::fflush(stderr);
}

void clear_meter() {
    std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
}

} // namespace timbrel::host
