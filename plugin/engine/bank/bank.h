// SPDX-License-Identifier: GPL-3.0-or-later
// A bank file, mapped read-only and checked. Immutable once open, so several threads may use it at once.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank_error.h"
#include "plugin/engine/bank/bank_format.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace timbrel::engine {

class Bank {
  public:
    // Threads: control, worker, for all functions but those marked TIMBREL_REALTIME, which any thread may call.

    // Maps a bank and checks its header, metadata, index and head checksum; takes milliseconds for a bank of any size.
    // Throws BankError. The file must not be truncated while the bank is open: replace it by renaming.
    static std::shared_ptr<const Bank> open(const std::string& path);

    ~Bank();
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;

    const std::string& path() const { return path_; }
    const nlohmann::json& metadata() const { return *metadata_; }
    uint64_t file_bytes() const { return bytes_; }
    uint64_t head_hash() const { return header_->head_hash; } // identifies the contents, independent of the path

    uint32_t rate() const noexcept TIMBREL_REALTIME { return header_->rate; } // frames per second
    uint32_t columns() const noexcept TIMBREL_REALTIME { return header_->columns; }
    uint32_t rows() const noexcept TIMBREL_REALTIME { return header_->rows; }
    uint32_t cells() const noexcept TIMBREL_REALTIME { return columns() * rows(); }
    uint32_t notes() const noexcept TIMBREL_REALTIME { return header_->pitches * uint32_t{header_->velocities}; }
    // MIDI note numbers, ascending.
    std::span<const uint8_t> pitches() const noexcept TIMBREL_REALTIME { return {header_->pitch, header_->pitches}; }
    // 1–127, ascending.
    std::span<const uint8_t> velocities() const noexcept TIMBREL_REALTIME {
        return {header_->velocity, header_->velocities};
    }
    uint32_t note(uint32_t pitch_index, uint32_t velocity_index) const noexcept TIMBREL_REALTIME {
        return pitch_index * header_->velocities + velocity_index;
    }
    const BankEntry& entry(uint32_t note, uint32_t cell) const noexcept TIMBREL_REALTIME {
        return index_[size_t{note} * cells() + cell];
    }
    // Interleaved stereo, entry.frames frames, 4-byte aligned. Reading a page that is not in memory waits for the disk.
    const int16_t* pcm(const BankEntry& entry) const noexcept TIMBREL_REALTIME {
        return reinterpret_cast<const int16_t*>(data_ + entry.offset);
    }

    // Asks the system to read frames of an entry soon; does not wait for the disk.
    void prefetch(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    // Reads frames of an entry, or any part of the file, into memory. Waits for the disk.
    void page_in(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    void page_in_bytes(uint64_t offset, uint64_t bytes) const;
    // Locks frames of an entry, or everything before the PCM, in memory until unlock() or the bank is closed. False
    // when the user's limit on locked memory does not permit it.
    bool lock(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    bool lock_index() const;
    void unlock() const; // everything
    // Tells the system that it may remove the whole pages of these frames from memory.
    void evict(const BankEntry& entry, uint32_t first, uint32_t frames) const;

    // Compares all PCM with its checksum; reads the whole file. Throws BankError when they differ.
    void verify_pcm() const;

  private:
    explicit Bank(std::string path);
    void map();
    void check_header() const;
    void check_index() const;
    void read_metadata();

    std::string path_;
    uint64_t bytes_ = 0;
    const std::byte* data_ = nullptr;
    const BankHeader* header_ = nullptr;
    const BankEntry* index_ = nullptr;
    std::unique_ptr<const nlohmann::json> metadata_;
};

} // namespace timbrel::engine
