// libsndfile's handle, opened with what the project refuses. Damaged MP3 files are read in silence.
#pragma once

#include <sndfile.h>

#include <memory>
#include <string>

namespace timbrel::audio {

struct CloseSoundFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFileHandle = std::unique_ptr<SNDFILE, CloseSoundFile>;

// Throws AudioError for what is missing, empty, no sound, of more than two channels, or of a rate outside 4–768 kHz.
SoundFileHandle open_sound_file(const std::string& path, SF_INFO& info);

// Why the last call on `file` (or, without one, the last sf_open) failed: no full stop, no line end.
std::string sound_file_complaint(SNDFILE* file);

} // namespace timbrel::audio
