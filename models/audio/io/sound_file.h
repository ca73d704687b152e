// SPDX-License-Identifier: GPL-3.0-or-later
// Opens sound files with libsndfile and refuses unsupported ones. Also silences libmpg123's messages about damaged MP3
// files, for the whole program. Thread: control, worker.
#pragma once

#include <sndfile.h>

#include <memory>
#include <string>

namespace timbrel::audio {

struct CloseSoundFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFileHandle = std::unique_ptr<SNDFILE, CloseSoundFile>;

// Opens a file for reading and fills `info`. Throws AudioError if the file is missing, empty or not a sound file, has
// more than two channels, a rate outside 4–768 kHz, or is an Ogg file without its end, which has no known length.
SoundFileHandle open_sound_file(const std::string& path, SF_INFO& info);

// The number of frames that the header announces. More than `info.frames` if a WAV, RF64 or AIFF file was cut short,
// for which libsndfile counts what is there; `info.frames` if the length is unknown, as in streams.
sf_count_t announced_frames(const std::string& path, const SF_INFO& info);

// Why the last call on `file` (or, for null, the last sf_open) failed, without final full stop and line end.
std::string sound_file_error(SNDFILE* file);

} // namespace timbrel::audio
