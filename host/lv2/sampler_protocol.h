// SPDX-License-Identifier: GPL-3.0-or-later
// The protocol between timbrel-bake and timbrel-sampler, over a socket that is the sampler's standard input. Plugins
// run in a process of their own because some crash, and some load libraries that conflict with those of timbrel-bake.
//
// The sampler begins with a `description` or a `failure`. It answers each NoteRequest with a `sound` or a `failure`,
// until the socket is closed. Numbers have the machine's byte order. Threads: any; plain data.
#pragma once

#include <cstdint>

namespace timbrel::host {

struct NoteRequest {
    int32_t pitch, velocity; // MIDI, 0–127
    uint32_t hold, release;  // frames before and after the note-off
};

enum class ReplyKind : uint32_t {
    failure,     // one line of text
    description, // JSON: plugin, preset, author, licence, binary, presets (names)
    sound        // floats: all of the left channel, then all of the right
};

struct ReplyHeader {
    ReplyKind kind;
    uint32_t bytes; // of content after this header
};

inline constexpr char sampler_program[] = "timbrel-sampler";

} // namespace timbrel::host
