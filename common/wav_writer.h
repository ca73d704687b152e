// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a WAV file to PATH.part and renames it when it is complete. Thread: control or worker; an object serves one
// thread at a time.
#pragma once

#include "common/atomic_file.h"

#include <memory>
#include <span>
#include <string>

typedef struct sf_private_tag SNDFILE;

namespace timbrel {

// All functions throw Error when the file cannot be written.
class WavWriter {
  public:
    enum class Format { pcm24, float32 };

    // Creates PATH.part. `rate` in frames per second.
    WavWriter(const std::string& path, int rate, int channels, Format format);
    ~WavWriter(); // removes an unfinished PATH.part

    // Appends interleaved frames; ±1 is full scale, and 24-bit samples beyond it are clipped.
    void write(std::span<const float> interleaved);

    // Completes the file and gives it its name. Nothing can be written afterwards.
    void finish();

    float peak() const { return peak_; } // largest absolute sample written

  private:
    struct Close {
        void operator()(SNDFILE* file) const;
    };

    AtomicFile file_;
    int channels_;
    float peak_ = 0;
    std::unique_ptr<SNDFILE, Close> sound_; // writes to file_'s descriptor
};

} // namespace timbrel
