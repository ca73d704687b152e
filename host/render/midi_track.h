// SPDX-License-Identifier: GPL-3.0-or-later
// Reads one track of a Standard MIDI File (the body of an MTrk chunk). Source: Standard MIDI Files 1.0, MIDI
// Manufacturers Association, 1996. Threads: control and worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

struct TrackEvent {
    uint64_t tick;                // from the start of the track
    std::vector<std::byte> bytes; // one complete MIDI message with its status byte
};

// A tempo or a metre, valid from a tick on.
struct TempoChange {
    uint64_t tick;
    uint32_t microseconds; // a quarter note; above 0
};
struct MetreChange {
    uint64_t tick;
    float quarters; // quarter notes a bar; above 0
};

struct MidiTrack {
    std::vector<TrackEvent> events; // in order of time; system exclusives are joined, escapes unpacked
    std::vector<TempoChange> tempi;
    std::vector<MetreChange> metres;
    uint64_t ticks = 0; // time of the last event of any kind
    size_t size = 0;    // bytes up to the end of the last event
    bool ended = false; // by an End of Track event
};

// What is wrong with a file, each fault once.
class DamageList {
  public:
    void add(const std::string& fault);               // a noun phrase such as "a tempo of 0"
    const std::string& text() const { return text_; } // joined by commas; empty for none

  private:
    std::vector<std::string> faults_;
    std::string text_;
};

// Reads events up to the End of Track, or to the first that cannot be read. Bytes after the End of Track are ignored.
// Running status stays valid after meta events, which never reach a cable, and after system exclusives, which is
// reported.
MidiTrack read_track(std::span<const std::byte> body, DamageList& damage);

} // namespace timbrel::host
