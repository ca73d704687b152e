// SPDX-License-Identifier: GPL-3.0-or-later
// Reads, writes and resamples whole sound files. A sound always has two channels of float samples with full scale ±1; a
// mono file fills both. Thread: control, worker. Every function may throw AudioError.
#pragma once

#include "common/error.h"

#include <cstddef>
#include <string>
#include <vector>

namespace timbrel::audio {

// The text is one line that names the file.
struct AudioError : Error {
    using Error::Error;
};

struct Audio {
    double rate = 48000;            // Hz
    std::vector<float> left, right; // of the same length

    size_t frames() const { return left.size(); }
    double seconds() const { return static_cast<double>(left.size()) / rate; }
};

// The metadata in a sound file's header.
struct AudioInfo {
    double rate = 0; // Hz
    int channels = 0;
    size_t frames = 0;
    size_t announced_frames = 0; // above `frames` if the file was cut short; what can be read may be less than either
    bool unfinished = false;     // a WAV file without the size of its sound, left behind by a recorder that crashed
    bool has_instrument = false; // the file has a `smpl` or `inst` chunk, or AIFF's counterpart
    double unity_note = 0;       // MIDI note number, with its fraction, of the unshifted recording
    size_t loop_start = 0;       // first loop, in frames of the file
    size_t loop_end = 0;         // one past the loop's last frame; equals loop_start without a loop
    std::string title, comment, licence;
};

// Reads the header only. Refuses the same files as read_audio, except for errors in the samples.
AudioInfo read_audio_info(const std::string& path);

// "is cut short: 1.0 of 2.0 s are there" if less than the announced sound could be read, a sentence of that kind if the
// file is unfinished, otherwise empty. `seconds`: the length of what was read.
std::string damage_warning(const AudioInfo& info, double seconds);

// Reads any format of libsndfile at the file's own rate. Refuses files that cannot be read, are empty, last longer than
// `longest_seconds`, have more than two channels, a rate outside 4–768 kHz, or samples that are not finite.
Audio read_audio(const std::string& path, double longest_seconds = 900);

// A copy at another rate, by libsoxr's very high quality recipe (linear phase, no delay). An unmodified copy if the
// rate is the same.
Audio resampled(const Audio& audio, double rate);

// Writes a WAV file of 16 or 24 bits (samples beyond full scale are clipped, without dither) or of 32-bit floats.
// A failure leaves no partial file; see AtomicFile. Throws Error if the file cannot be written.
void write_audio(const std::string& path, const Audio& audio, int bits = 24);

} // namespace timbrel::audio
