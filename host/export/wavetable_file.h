// SPDX-License-Identifier: GPL-3.0-or-later
// Wavetable files. `frames` are concatenated frames of wavetable_period samples; ±1 is full scale. Thread: control.
// Both functions throw Error when the file cannot be written.
#pragma once

#include <span>
#include <string>

namespace timbrel::host {

// A 32-bit float WAV file whose `clm ` chunk states the frame length: Serum's format, which Vital also reads.
void write_wav_wavetable(const std::string& path, std::span<const float> frames);

// Surge's .wt format with 32-bit floats.
void write_surge_wavetable(const std::string& path, std::span<const float> frames);

} // namespace timbrel::host
