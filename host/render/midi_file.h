// A Standard MIDI File as a list of events in time. Offline use only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace timbrel::host {

struct SongEvent {
    double seconds;               // from the song's start, tempo changes applied
    std::vector<std::byte> bytes; // one whole MIDI message with its status byte
};

struct SongTempo {        // from here on
    double seconds, beat; // from the song's start; a beat is a quarter note
    double beats_per_minute;
    float beats_per_bar;
};

struct Song {
    std::vector<SongEvent> events; // times never descend; meta events are left out
    std::vector<SongTempo> tempi;  // likewise, the first from the start; none where time is not counted in beats
    double seconds = 0;            // where the last track ends
};

// Throws Error when the file cannot be read or is no Standard MIDI File of format 0 or 1.
Song read_song(const std::string& path);

} // namespace timbrel::host
