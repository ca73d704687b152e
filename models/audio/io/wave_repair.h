// SPDX-License-Identifier: GPL-3.0-or-later
// WAV files that libsndfile refuses or reads as empty, though their samples are there: left behind by a recorder that
// crashed before it wrote the size of the sample data, with chunks of odd size that are not padded, or of the kind
// BW64. Thread: control, worker; one thread at a time per object.
#pragma once

#include <sndfile.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::audio {

// The file as libsndfile reads it: a new header before the samples of the file.
class WaveRepair {
  public:
    // Null if the file is no WAV file or has none of these faults.
    static std::unique_ptr<WaveRepair> of(const std::string& path);

    // Opens it for reading. Null if libsndfile refuses it. This object must outlive the result.
    SNDFILE* open(SF_INFO& info);

    // Whether the size of the sample data is missing, and all that follows is taken for samples.
    bool unfinished() const { return unfinished_; }

  private:
    WaveRepair() = default;
    static sf_count_t length(void* self);
    static sf_count_t seek(sf_count_t offset, int whence, void* self);
    static sf_count_t read(void* to, sf_count_t count, void* self);
    static sf_count_t write(const void* from, sf_count_t count, void* self);
    static sf_count_t tell(void* self);
    sf_count_t end() const { return static_cast<sf_count_t>(header_.size() + data_bytes_); }

    std::ifstream file_;
    std::vector<char> header_;
    uint64_t data_ = 0, data_bytes_ = 0; // of the samples in the file
    sf_count_t position_ = 0;
    bool unfinished_ = false;
};

} // namespace timbrel::audio
