// Sound files for other programs: WAV with their `smpl` and `clm ` chunks, and FLAC. Off the audio thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace timbrel::host {

struct SoundFileContent {
    std::span<const float> interleaved; // ±1 is full scale
    int channels = 2;
    uint32_t rate = 48000;
    int pitch = -1;                        // MIDI note number for the `smpl` chunk; -1 for no chunk
    uint32_t loop_start = 0, loop_end = 0; // frames, the end one past the last; equal without a loop
    std::string wavetable = {};            // content of a `clm ` chunk; empty for none
};

enum class SoundFileFormat { wav24, wav_float, flac16 };

// The file appears under its name when it is whole. Throws Error when the disk refuses.
void write_sound_file(const std::string& path, const SoundFileContent& content, SoundFileFormat format);

} // namespace timbrel::host
