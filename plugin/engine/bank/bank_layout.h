// SPDX-License-Identifier: GPL-3.0-or-later
// Offsets, checks and checksums common to reading and writing a bank. Threads: control, worker; pure.
#pragma once

#include "plugin/engine/bank/bank_format.h"
#include "plugin/engine/core/engine_limits.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace timbrel::engine {

inline constexpr float bank_max_gain = max_voice_amplitude;
inline constexpr float bank_max_decay = 1e4f;           // dB per second
inline constexpr float bank_max_release = 1e4f;         // seconds
inline constexpr uint64_t bank_max_head = 512ull << 20; // bytes before the PCM, all of which is read into memory
inline constexpr uint32_t bank_min_rate = 8000, bank_max_rate = 384000;

constexpr uint64_t round_to_page(uint64_t bytes) { return (bytes + bank_page - 1) / bank_page * bank_page; }

// Each returns what is wrong, or an empty string. No field of a hostile file makes the comparisons overflow.
std::string version_error(uint32_t version);
std::string header_error(const BankHeader& header);                        // rate, grid, pitches, velocities
std::string regions_error(const BankHeader& header, uint64_t file_bytes);  // offsets, sizes; needs a valid header
std::string file_error(const BankHeader& header, uint64_t file_bytes);     // magic, and all of the above
std::string index_error(const BankHeader& header, const BankEntry* index); // all entries; needs valid regions

// XXH3-64 of all bytes before the PCM, with head_hash taken as zero.
uint64_t hash_head(std::span<const std::byte> head);

// XXH3-64 of PCM that comes in parts, in order.
class PcmHash {
  public:
    PcmHash();
    ~PcmHash();
    PcmHash(const PcmHash&) = delete;
    PcmHash& operator=(const PcmHash&) = delete;
    void add(std::span<const std::byte> pcm);
    uint64_t value() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace timbrel::engine
