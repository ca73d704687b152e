// SPDX-License-Identifier: GPL-3.0-or-later
// Packed banks: FLAC-compressed for sharing, less than half the size, lossless. Thread: control.
//
// A packed bank cannot be played: the player maps a bank's PCM into memory, and unpacking silently would take the disk
// space and time that packing saved.
//
//   PackedBankHeader | the bank up to its PCM | for each note: length of a FLAC stream (uint64), the stream
//
// A note's stream contains the PCM of all its cells, because they resemble each other.
#pragma once

#include <cstdint>
#include <string>

namespace timbrel::host {

inline constexpr uint32_t packed_bank_version = 1; // later versions are rejected, earlier ones are read

struct PackedBankHeader {
    char magic[8]; // packed_bank_magic
    uint32_t version;
    uint32_t notes;
    uint64_t head_bytes; // of the bank before its PCM
};

// Both throw Error or BankError with one line, and leave no partial file. unpack() writes only complete banks. It takes
// little more memory than the longest stream, because the sizes in a file from elsewhere cannot be trusted.
void pack(const std::string& bank, const std::string& output);
void unpack(const std::string& packed, const std::string& output);

} // namespace timbrel::host
