// Wavetables as files. Frames of wavetable_period samples, ±1 is full scale. Off the audio thread; throw Error when the
// disk refuses.
#pragma once

#include <span>
#include <string>

namespace timbrel::host {

// A WAV file of floats whose `clm ` chunk tells the length of a frame: Serum's format, which Vital reads as well.
void write_wav_wavetable(const std::string& path, std::span<const float> frames);

// Surge's .wt, with floats.
void write_surge_wavetable(const std::string& path, std::span<const float> frames);

} // namespace timbrel::host
