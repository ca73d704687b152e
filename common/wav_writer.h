// Writes a WAV file beside its name and renames it once it is whole. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace timbrel {

class WavWriter {
  public:
    enum class Format { pcm24, float32 };

    // Creates PATH.part. Throws Error when that is not possible.
    WavWriter(std::string path, int rate, int channels, Format format);
    ~WavWriter(); // an unfinished PATH.part is removed

    // Interleaved frames. Throws Error when the disk is full.
    void write(std::span<const float> interleaved);

    // Completes the file and gives it its name. Throws Error when the disk is full.
    void finish();

    float peak() const { return peak_; } // the largest absolute sample written so far

  private:
    struct Impl;
    [[noreturn]] void fail(const std::string& why) const;

    std::string path_, part_;
    int channels_;
    float peak_ = 0;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel
