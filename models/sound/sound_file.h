// libsndfile's handle, opened with what the project refuses.
#pragma once

#include <sndfile.h>

#include <memory>
#include <string>

namespace timbrel {

struct CloseSoundFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFileHandle = std::unique_ptr<SNDFILE, CloseSoundFile>;

// Throws AudioError for what is missing, empty, no sound, of more than two channels, or of a rate outside 4–768 kHz.
SoundFileHandle open_sound_file(const std::string& path, SF_INFO& info);

// As sf_readf_float; what libmpg123 thinks of a damaged MP3 is kept off standard error, here and when one is opened.
sf_count_t read_frames(SNDFILE* file, const SF_INFO& info, float* to, sf_count_t frames);

// Why the last call on `file` (or, without one, the last sf_open) failed: no full stop, no line end.
std::string sound_file_complaint(SNDFILE* file);

} // namespace timbrel
