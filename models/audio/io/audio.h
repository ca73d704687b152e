// Sound files in and out. A sound is always held as two channels of float
// samples, full scale ±1; a mono file fills both. Offline use only: every
// function allocates and may throw AudioError, whose text is one line that
// names the file.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace timbrel::audio {

struct AudioError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Audio {
    double rate = 48000;            // frames per second
    std::vector<float> left, right; // of the same length

    size_t frames() const { return left.size(); }
    double seconds() const { return static_cast<double>(left.size()) / rate; }
};

// What a sound file says about itself beside its samples.
struct AudioInfo {
    double rate = 0;
    int channels = 0;
    size_t frames = 0;
    bool has_instrument = false; // a `smpl` or `inst` chunk, or its counterpart in AIFF
    double unity_note = 0;       // MIDI note number at which the recording sounds as it
                                 // is, with its fraction
    size_t loop_start = 0;       // first loop, in frames of the file
    size_t loop_end = 0;         // one past its last frame; equals loop_start without a loop
    std::string title, comment, licence;
};

// The header alone. Throws AudioError as read_audio does, except for what only
// the samples can tell.
AudioInfo read_audio_info(const std::string& path);

// Any format that libsndfile knows, at its own rate. Refused: files that cannot
// be read, are empty, last longer than `longest_seconds`, have more than two
// channels (which two are meant is for the user to say), rates outside 4–768
// kHz, and samples that are not finite.
Audio read_audio(const std::string& path, double longest_seconds = 900);

// At another rate, by libsoxr's very high quality recipe (linear phase, no
// delay). Returns the input at its own rate.
Audio resampled(const Audio& audio, double rate);

// A WAV file of 16 or 24 bits (samples beyond full scale are clipped, none are
// dithered) or, with 32, of floats. Written to PATH.part and then renamed, so
// that a failure leaves no half file behind.
void write_audio(const std::string& path, const Audio& audio, int bits = 24);

} // namespace timbrel::audio
