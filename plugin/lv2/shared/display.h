// What the plugin tells a window while one watches: the numbers of a message `urn:timbrel:display`, see ports.h. Shared
// by both ends, so that they cannot drift.
//
// A window asks with a patch:Get for that property, and repeats it; the plugin answers for `display_lease_seconds`
// after each, so that a window that vanishes costs nothing.
#pragma once

#include "plugin/engine/voice/active_note.h"

#include <array>
#include <cstdint>
#include <span>

namespace timbrel::lv2 {

inline constexpr double display_lease_seconds = 2.0;
inline constexpr double display_hertz = 50.0;     // while something moves
inline constexpr double display_rest_hertz = 4.0; // while nothing does
inline constexpr uint32_t max_display_notes = 64;

struct Display {
    float x = 0.5f, y = 0.5f; // where the plane is played
    float voices = 0;
    float misses = 0;
    float lost_events = 0;
    float load = 0;  // share of the time there is, 0–1
    float rate = 0;  // frames per second
    float block = 0; // frames in the last block
    uint32_t note_count = 0;
    std::array<engine::SoundingNote, max_display_notes> notes{};
};

inline constexpr uint32_t display_head = 8, display_per_note = 3;
inline constexpr uint32_t max_display_numbers = display_head + display_per_note * max_display_notes;

// Writes the message's numbers; returns how many there are.
constexpr uint32_t write_display(const Display& display, std::span<float, max_display_numbers> out) {
    uint32_t count = 0;
    for (const float number : {display.x, display.y, display.voices, display.misses, display.lost_events, display.load,
                               display.rate, display.block})
        out[count++] = number;
    for (uint32_t i = 0; i < display.note_count; ++i)
        for (const float number :
             {static_cast<float>(display.notes[i].key), display.notes[i].place.x, display.notes[i].place.y})
            out[count++] = number;
    return count;
}

// Reads them; what does not make a whole display is taken as silence.
constexpr Display read_display(std::span<const float> in) {
    Display display;
    if (in.size() < display_head) return display;
    uint32_t at = 0;
    for (float* const number : {&display.x, &display.y, &display.voices, &display.misses, &display.lost_events,
                                &display.load, &display.rate, &display.block})
        *number = in[at++];
    for (auto rest = in.subspan(display_head);
         rest.size() >= display_per_note && display.note_count < max_display_notes;
         rest = rest.subspan(display_per_note))
        if (rest[0] >= 0 && rest[0] < 128)
            display.notes[display.note_count++] = {static_cast<uint8_t>(rest[0]), {rest[1], rest[2]}};
    return display;
}

} // namespace timbrel::lv2
