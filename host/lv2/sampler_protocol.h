// SPDX-License-Identifier: GPL-3.0-or-later
// The protocol between timbrel-bake and timbrel-sampler, over a socket that is the sampler's standard input. Plugins
// run in a process of their own because some crash, and some load libraries that conflict with those of timbrel-bake.
//
// The sampler begins with a `description` or a `failure`. It answers each request, until the socket is closed: `note`
// with a `sound`, `controls` with `controls_set`, and each with a `failure` if it cannot be done. Numbers have the
// machine's byte order. Threads: any; plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace timbrel::host {

enum class RequestKind : uint32_t {
    note,    // a NoteRequest
    controls // JSON of a ControlValues
};

struct RequestHeader {
    RequestKind kind;
    uint32_t bytes; // of content after this header, at most max_request_bytes
};

inline constexpr uint32_t max_request_bytes = 1 << 16;

struct NoteRequest {
    int32_t pitch, velocity; // MIDI, 0–127
    uint32_t hold, release;  // frames before and after the note-off
};

// What is set before each note of an instrument, after its preset: symbols of control inputs, and their values in the
// port's unit.
using ControlValues = std::map<std::string, float>;

enum class ReplyKind : uint32_t {
    failure,     // one line of text
    description, // JSON: plugin, preset, author, licence, binary, presets (names)
    sound,       // floats: all of the left channel, then all of the right
    controls_set // nothing
};

struct ReplyHeader {
    ReplyKind kind;
    uint32_t bytes; // of content after this header
};

inline constexpr char sampler_program[] = "timbrel-sampler";

} // namespace timbrel::host
