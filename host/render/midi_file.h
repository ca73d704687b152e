// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a Standard MIDI File into a list of timed events. Thread: control.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace timbrel::host {

struct SongEvent {
    double seconds;               // from the start of the song
    std::vector<std::byte> bytes; // one complete MIDI message with its status byte
};

// A tempo, valid until the next one.
struct SongTempo {
    double seconds, beat; // from the start of the song; a beat is a quarter note
    double beats_per_minute;
    float beats_per_bar;
};

struct Song {
    std::vector<SongEvent> events; // in order of time, without meta events
    std::vector<SongTempo> tempi;  // in order of time, the first at 0; empty for files in SMPTE time
    double seconds = 0;            // end of the longest track
};

// Throws Error if the file cannot be read or is no Standard MIDI File of format 0 or 1.
Song read_song(const std::string& path);

} // namespace timbrel::host
