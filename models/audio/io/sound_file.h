// SPDX-License-Identifier: GPL-3.0-or-later
// Opens sound files with libsndfile and refuses unsupported ones. Also silences libmpg123's messages about damaged MP3
// files, for the whole program. Thread: control, worker.
#pragma once

#include "models/audio/io/wave_repair.h"

#include <sndfile.h>

#include <memory>
#include <string>

namespace timbrel::audio {

struct CloseSoundFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFileHandle = std::unique_ptr<SNDFILE, CloseSoundFile>;

// A sound file open for reading.
struct SoundFileInput {
    SF_INFO info{};
    std::unique_ptr<WaveRepair> repair; // what `handle` reads through; null for a sound file without faults
    SoundFileHandle handle;             // closed before `repair`
    // The frames that the header announces. More than `info.frames` if a WAV, RF64 or AIFF file was cut short, for
    // which libsndfile counts what is there; `info.frames` if the length is unknown, as in streams.
    sf_count_t announced_frames = 0;
};

// Throws AudioError if the file is missing, empty or not a sound file, has more than two channels, a rate outside
// 4–768 kHz, or is an Ogg file without its end, which has no known length. Mends WAV files (wave_repair.h).
SoundFileInput open_sound_file(const std::string& path);

// Why the last call on `file` (or, for null, the last sf_open) failed, without final full stop and line end.
std::string sound_file_error(SNDFILE* file);

} // namespace timbrel::audio
