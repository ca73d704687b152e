// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a Standard MIDI File into a list of timed events. Threads: control and worker.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

constexpr double max_song_hours = 24; // longer songs are refused

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
    // In order of time, without meta events. Where a note ends and is struck again at the same time, its end comes
    // first, also if the file has them the other way round.
    std::vector<SongEvent> events;
    std::vector<SongTempo> tempi; // in order of time, the first at 0; empty for files in SMPTE time
    double seconds = 0;           // end of the longest track
    std::string damage;           // what is wrong with the file, as a list of nouns; empty for a sound file
};

// Reads files of format 0 and 1, of format 2 as one pattern after the other, and RMID files that contain them. Skips
// chunks other than MThd and MTrk. Damaged tracks are read as far as they are whole, see `Song::damage`. Throws Error
// if the file cannot be read, is larger than 64 MiB, is no Standard MIDI File, has no time base, or lasts longer than
// `max_song_hours`.
Song read_song(const std::string& path);

// The same for a file in memory; `name` begins the messages.
Song parse_song(std::span<const std::byte> file, const std::string& name);

} // namespace timbrel::host
