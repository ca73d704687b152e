// SPDX-License-Identifier: GPL-3.0-or-later
// The chunks of RIFF files: WAV, RF64, BW64, SF2 and SF3, and of AIFF files, which differ in the byte order. Source:
// Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991; EBU Tech 3306; ITU-R BS.2088.
// Thread: control, worker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace timbrel::audio {

struct RiffChunk {
    std::string name;   // four bytes of any value
    uint64_t body = 0;  // offset in the file
    uint64_t bytes = 0; // as announced; may reach beyond the file's end
};

struct RiffChunks {
    std::string kind; // RIFF, RIFX, RF64, BW64 or FORM; empty for other files, which have no chunks
    std::string type; // WAVE, AIFF, AIFC, sfbk, …
    uint64_t file_bytes = 0;
    std::vector<RiffChunk> chunks; // in the file's order; the first thousand
    bool unpadded = false;         // a chunk of odd size lacks the byte after it
    bool complete = false;         // the chunks end where the file ends

    const RiffChunk* find(std::string_view name) const; // the first of that name; null if there is none
    uint64_t available(const RiffChunk& chunk) const;   // its bytes up to the file's end, whatever it announces
};

// Reads the heads of the chunks. Where a chunk of odd size is not padded, the next one is found all the same. A size of
// sample data that is in the chunk ds64 is taken from there.
RiffChunks read_riff_chunks(const std::string& path);

// A text of the INFO list, where WAV files and fonts store title, copyright and comments. `name` is a four-letter name
// such as INAM, ICOP or ICMT. Empty if the file has no such text or is no RIFF file.
std::string riff_info(const std::string& path, const std::string& name);

} // namespace timbrel::audio
