// What the baker and timbrel-sampler say to each other over a socket, which is the sampler's standard input. Plugins
// run in that process of their own because some crash, and some bring libraries that clash with the baker's.
//
// The sampler speaks first: a `description` or a `failure`. Then it answers each NoteRequest with a `sound` or a
// `failure`, until the socket is closed. Numbers are the machine's own.
#pragma once

#include <cstdint>

namespace timbrel::host {

struct NoteRequest {
    int32_t pitch, velocity; // MIDI
    uint32_t hold, release;  // frames
};

enum class ReplyKind : uint32_t {
    failure,     // one line of text
    description, // JSON: plugin, preset, author, licence, binary, presets (names)
    sound        // floats: the left channel, then the right one
};

struct ReplyHead {
    ReplyKind kind;
    uint32_t bytes; // that follow
};

inline constexpr char sampler_program[] = "timbrel-sampler";

} // namespace timbrel::host
