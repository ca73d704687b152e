// Banks packed for sharing: less than half as large, and the same bytes again after unpacking. A packed bank is not
// played: a bank is made to be mapped, and unpacking it in secret would take the room and the time that the musician
// believes to have saved. Off the audio thread.
//
//   magic and version | all of the bank before its PCM | for each note: length of a FLAC stream, the stream
//
// A note's stream holds the PCM of all its cells, which are alike.
#pragma once

#include <cstdint>
#include <string>

namespace timbrel::host {

inline constexpr uint32_t packed_bank_version = 1; // a newer one is refused, every older one read

struct PackedBankHeader {
    char magic[8]; // packed_bank_magic
    uint32_t version;
    uint32_t notes;
    uint64_t head_bytes; // of the bank before its PCM
};

// Both throw Error or BankError, with one line, and leave no half file. unpack() writes only a bank that is whole, and
// takes little more memory than the longest stream: the sizes that a file tells of itself may be anybody's.
void pack(const std::string& bank, const std::string& output);
void unpack(const std::string& packed, const std::string& output);

} // namespace timbrel::host
