// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and writes sound files block by block, for sounds of any length in bounded memory. Thread: control, worker; one
// thread at a time per object. Every function may throw AudioError.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace timbrel::audio {

// Two channels of the same length. Does not own the samples.
struct StereoBlock {
    std::span<float> left, right;
};

class AudioReader {
  public:
    // Opens any file that read_audio accepts, of any length. Resamples to `rate` Hz (0: the file's own rate) by
    // libsoxr's very high quality recipe, without delay.
    explicit AudioReader(const std::string& path, double rate = 0);
    ~AudioReader();

    // Fills the block from its start; returns the number of frames, less than the block's length only at the end of the
    // file. Throws for samples that are not finite.
    size_t read(StereoBlock block);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// The first `seconds` of a file that AudioReader opens, or all of a shorter one, at the file's own rate.
Audio read_start(const std::string& path, double seconds);

// Every function throws Error if the file cannot be written.
class AudioWriter {
  public:
    // Creates a temporary file (see AtomicFile), a stereo WAV file (RF64 beyond 4 GB) of 16 or 24 bits (samples beyond
    // full scale are clipped, without dither) or of 32-bit floats.
    AudioWriter(const std::string& path, double rate, int bits);
    ~AudioWriter(); // removes an unfinished file

    void write(std::span<const float> left, std::span<const float> right);
    void finish(); // completes the file and gives it its name

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::audio
