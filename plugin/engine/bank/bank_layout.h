// The arithmetic and the checks that reading and writing a bank share. Off the audio thread.
#pragma once

#include "plugin/engine/bank/bank_format.h"

#include <cstddef>
#include <span>
#include <string>

namespace timbrel::engine {

inline constexpr float bank_max_gain = 1e4f;
inline constexpr float bank_max_decay = 1e4f;   // dB per second
inline constexpr float bank_max_release = 1e4f; // seconds
inline constexpr uint32_t bank_min_rate = 8000, bank_max_rate = 384000;
inline constexpr uint64_t bank_max_json = uint64_t{1} << 26;

constexpr uint64_t round_to_page(uint64_t bytes) { return (bytes + bank_page - 1) / bank_page * bank_page; }

// Each returns what is wrong, or an empty string. Sizes are compared so that no hostile number overflows.
std::string fault_of_version(uint32_t version);
std::string fault_of_plane(const BankHeader& header);                         // rate, sides, pitches, velocities
std::string fault_of_regions(const BankHeader& header, uint64_t file_bytes);  // offsets and sizes; a sound plane given
std::string fault_of_index(const BankHeader& header, const BankEntry* index); // every entry; sound regions given

// XXH3-64 of all bytes before the PCM, with head_hash taken as zero.
uint64_t hash_of_head(std::span<const std::byte> head);
uint64_t hash_of_pcm(std::span<const std::byte> pcm);

} // namespace timbrel::engine
