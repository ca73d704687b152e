// Sound files a block at a time, for sounds of any length in bounded memory. One thread at a time; every function may
// throw AudioError, whose text is one line that names the file.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace timbrel::audio {

// What one block holds: two channels of the same length.
struct StereoBlock {
    std::span<float> left, right;
};

class AudioReader {
  public:
    // Any file that read_audio takes, however long, at its own rate or brought to `rate` (0: its own) by libsoxr's very
    // high quality recipe, without delay.
    explicit AudioReader(const std::string& path, double rate = 0);
    ~AudioReader();

    // Fills the block from its start; returns how many frames there were, less than its length only at the end. Refuses
    // samples that are not finite.
    size_t read(StereoBlock block);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class AudioWriter {
  public:
    // A stereo WAV file (RF64 once it passes 4 GB) of 16 or 24 bits, where samples beyond full scale are clipped and
    // none are dithered, or, with 32, of floats. Creates PATH.part.
    AudioWriter(std::string path, double rate, int bits);
    ~AudioWriter(); // an unfinished PATH.part is removed

    void write(std::span<const float> left, std::span<const float> right);
    void finish(); // gives the file its name

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::audio
