// SPDX-License-Identifier: GPL-3.0-or-later
// Writes sound files for other programs: WAV with `smpl` and `clm ` chunks, and FLAC. Thread: control.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

struct SoundFileContent {
    std::span<const float> interleaved; // ±1 is full scale
    int channels = 2;
    uint32_t rate = 48000;                 // frames per second
    int pitch = -1;                        // MIDI note number for the `smpl` chunk; -1 for no chunk
    uint32_t loop_start = 0, loop_end = 0; // frames; the end is exclusive; equal without a loop
    std::string wavetable = {};            // content of the `clm ` chunk; empty for no chunk
};

enum class SoundFileFormat { wav24, wav_float, flac16 };

// The bytes of the file. Throws Error when libsndfile refuses.
std::vector<std::byte> encode_sound_file(const SoundFileContent& content, SoundFileFormat format);

// The file gets its name when it is complete. Throws Error when it cannot be written.
void write_sound_file(const std::string& path, const SoundFileContent& content, SoundFileFormat format);

} // namespace timbrel::host
