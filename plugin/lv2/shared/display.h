// SPDX-License-Identifier: GPL-3.0-or-later
// What the plugin sends to its window: the numbers of a `urn:timbrel:display` message (see ports.h). Both sides use
// this encoding. Threads: any; pure.
//
// A window requests displays with a patch:Get for that property and repeats it. The plugin sends them for
// display_lease_seconds after each request, so that it stops when the window has vanished.
#pragma once

#include "plugin/engine/voice/active_note.h"

#include <array>
#include <cstdint>
#include <span>

namespace timbrel::lv2 {

inline constexpr double display_lease_seconds = 2.0;
inline constexpr double display_hertz = 50.0;     // while notes sound or the position moves
inline constexpr double display_idle_hertz = 4.0; // otherwise
inline constexpr uint32_t max_display_notes = 64;

struct DisplayMessage {
    float x = 0.5f, y = 0.5f; // played position on the plane
    float voices = 0;
    float dropouts = 0;    // times that a note paused for the disk, since the plugin's start
    float lost_events = 0; // MIDI messages dropped since the plugin's start
    float load = 0;        // rendering time / real time
    float rate = 0;        // frames per second
    float block = 0;       // frames in the last block
    uint32_t note_count = 0;
    std::array<engine::ActiveNote, max_display_notes> notes{};
};

inline constexpr uint32_t display_header_size = 8, display_note_size = 3;
inline constexpr uint32_t max_display_numbers = display_header_size + display_note_size * max_display_notes;

// Encodes a display; returns how many numbers were written.
constexpr uint32_t write_display(const DisplayMessage& display, std::span<float, max_display_numbers> out) {
    uint32_t count = 0;
    for (const float number : {display.x, display.y, display.voices, display.dropouts, display.lost_events,
                               display.load, display.rate, display.block})
        out[count++] = number;
    for (uint32_t i = 0; i < display.note_count; ++i)
        for (const float number :
             {static_cast<float>(display.notes[i].key), display.notes[i].position.x, display.notes[i].position.y})
            out[count++] = number;
    return count;
}

// Decodes a display; the initial values when `in` is too short.
constexpr DisplayMessage read_display(std::span<const float> in) {
    DisplayMessage display;
    if (in.size() < display_header_size) return display;
    uint32_t at = 0;
    for (float* const number : {&display.x, &display.y, &display.voices, &display.dropouts, &display.lost_events,
                                &display.load, &display.rate, &display.block})
        *number = in[at++];
    for (auto rest = in.subspan(display_header_size);
         rest.size() >= display_note_size && display.note_count < max_display_notes;
         rest = rest.subspan(display_note_size))
        if (rest[0] >= 0 && rest[0] < 128)
            display.notes[display.note_count++] = {static_cast<uint8_t>(rest[0]), {rest[1], rest[2]}};
    return display;
}

} // namespace timbrel::lv2
