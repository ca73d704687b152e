// A bank file, mapped read-only and checked. Immutable once open, so every const function may be called from any
// thread; those marked *real time* neither allocate, lock nor make system calls.
#pragma once

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
    // Maps a bank and checks its header, metadata, index and head checksum against the file; milliseconds, whatever
    // its size. Throws BankError. The file must not be shortened while a bank is open: replace it by renaming.
    static std::shared_ptr<const Bank> open(const std::string& path);

    ~Bank();
    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;

    const std::string& path() const { return path_; }
    const nlohmann::json& metadata() const { return *metadata_; }
    uint64_t file_bytes() const { return bytes_; }
    uint64_t head_hash() const { return header_->head_hash; } // names the bank's contents, wherever the file lies

    // Real time.
    uint32_t rate() const { return header_->rate; } // frames per second
    uint32_t columns() const { return header_->columns; }
    uint32_t rows() const { return header_->rows; }
    uint32_t cells() const { return columns() * rows(); }
    uint32_t notes() const { return header_->pitches * uint32_t{header_->velocities}; }
    std::span<const uint8_t> pitches() const { return {header_->pitch, header_->pitches}; }          // ascending
    std::span<const uint8_t> velocities() const { return {header_->velocity, header_->velocities}; } // ascending
    uint32_t note(uint32_t pitch_index, uint32_t velocity_index) const {
        return pitch_index * header_->velocities + velocity_index;
    }
    const BankEntry& entry(uint32_t note, uint32_t cell) const { return index_[size_t{note} * cells() + cell]; }
    // Interleaved stereo, entry.frames frames, 4-byte aligned. Reading a page for the first time may fault.
    const int16_t* pcm(const BankEntry& entry) const { return reinterpret_cast<const int16_t*>(data_ + entry.offset); }

    // Off the audio thread. Asks the system to read frames of an entry soon; does not wait for the disk.
    void ask_for(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    // Reads frames of an entry, or any part of the file, into memory. Waits for the disk.
    void read_in(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    void read_in_bytes(uint64_t offset, uint64_t bytes) const;
    // Keeps frames of an entry, or what is read of every note, in memory for as long as the bank is open. False when
    // the user may not lock so much memory.
    bool lock(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    bool lock_index() const;
    void unlock() const; // all of it
    // Tells the system that frames of an entry can leave memory, in whole pages.
    void let_go(const BankEntry& entry, uint32_t first, uint32_t frames) const;

    // Compares all PCM with its checksum. Reads the whole file; throws BankError when it was altered.
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
