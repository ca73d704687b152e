// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a small bank of known tones and Standard MIDI Files. Thread: the test's.
#pragma once

#include "tests/plugin/engine/support/synthetic_bank.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace timbrel::test {

// 3 × 3 cells of harmonic tones without attack: the third partial grows to the east, the second to the north. Loops are
// whole periods, so every note is exactly in tune.
inline void write_tone_bank(const std::string& path, double gain = 0.2) {
    SyntheticBank bank;
    bank.columns = bank.rows = 3;
    bank.pitches = {45, 57, 69, 81};
    bank.velocities = {50, 110};
    bank.sound = [gain](const SamplePosition& at) {
        const double hertz = 440.0 * std::exp2((at.pitch - 69) / 12.0);
        const double angle = 2.0 * std::numbers::pi * hertz * at.frame / 48000.0;
        return gain * at.velocity / 110.0 *
               (std::cos(angle) + 0.5 * at.column * std::cos(3 * angle) + 0.5 * (2 - at.row) * std::cos(2 * angle));
    };
    bank.write(path);
}

struct SongNote {
    uint32_t start, length; // milliseconds
    int key, velocity;
};

// Writes a Standard MIDI File of one track with a tick of 1 ms. `events`: the track's bytes.
inline void write_track(const std::string& path, const std::string& events) {
    const std::string track = std::string("\x00\xff\x51\x03\x0f\x42\x40", 7) + // 60 quarter notes a minute
                              events + std::string("\x00\xff\x2f\x00", 4);
    std::string file("MThd\0\0\0\x06\0\0\0\x01\x03\xe8MTrk", 18);
    for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(track.size() >> shift & 0xff);
    std::ofstream(path, std::ios::binary) << file << track;
}

struct SongMessage {
    uint32_t time; // milliseconds; must not descend
    std::array<uint8_t, 3> bytes;
};

inline void write_messages(const std::string& path, const std::vector<SongMessage>& messages) {
    std::string track;
    uint32_t previous_time = 0;
    for (const SongMessage& message : messages) {
        uint32_t delta = message.time - previous_time;
        previous_time = message.time;
        std::string length(1, static_cast<char>(delta & 0x7f));
        while (delta >>= 7) length.insert(length.begin(), static_cast<char>(0x80 | (delta & 0x7f)));
        track += length;
        for (const uint8_t byte : message.bytes) track += static_cast<char>(byte);
    }
    write_track(path, track);
}

// Notes must not overlap.
inline void write_song(const std::string& path, const std::vector<SongNote>& notes) {
    std::vector<SongMessage> messages;
    for (const SongNote& note : notes) {
        messages.push_back({note.start, {0x90, static_cast<uint8_t>(note.key), static_cast<uint8_t>(note.velocity)}});
        messages.push_back({note.start + note.length, {0x80, static_cast<uint8_t>(note.key), 0}});
    }
    write_messages(path, messages);
}

} // namespace timbrel::test
