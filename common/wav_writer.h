// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a WAV file that gets its name when it is complete; see AtomicFile. Thread: control or worker; an object serves
// one thread at a time.
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

    // Creates a temporary file. `rate` in frames per second.
    WavWriter(const std::string& path, int rate, int channels, Format format);
    ~WavWriter(); // removes an unfinished file without a name

    // Appends interleaved frames; ±1 is full scale, and 24-bit samples beyond it are clipped.
    void write(std::span<const float> interleaved);

    // Brings the header up to date and gives the file its name already: if the program is killed, the file opens and
    // holds what is written so far.
    void save_progress();

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

// Sets the time of writing in the PEAK chunk of a complete WAV or RF64 file to 0, so that equal sounds give equal
// files. libsndfile 1.2 writes this chunk into every RF64 file of float samples, also after SFC_SET_ADD_PEAK_CHUNK.
// Returns false, with errno, if the file cannot be written. Thread: control or worker.
bool clear_peak_time(int file);

} // namespace timbrel
