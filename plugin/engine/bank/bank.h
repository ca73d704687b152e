// SPDX-License-Identifier: GPL-3.0-or-later
// A bank file, opened and checked. Its sound lies in private memory as far as somebody holds it, so nothing that
// happens to the file can end the process. Several threads may use it at once.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank_error.h"
#include "plugin/engine/bank/bank_format.h"
#include "plugin/engine/bank/bank_image.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timbrel::engine {

class Bank {
  public:
    // Threads: control, worker, for all functions but those marked TIMBREL_REALTIME, which any thread may call.

    // Reads and checks a bank's header, metadata, index and head checksum; takes milliseconds for a bank of any size.
    // Banks opened from the same unchanged file share their memory. Throws BankError.
    static std::shared_ptr<const Bank> open(const std::string& path);

    Bank(const Bank&) = delete;
    Bank& operator=(const Bank&) = delete;

    const std::string& path() const { return path_; }
    const nlohmann::json& metadata() const { return *metadata_; }
    uint64_t file_bytes() const { return image_->bytes(); }
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
    // Interleaved stereo, entry.frames frames, 4-byte aligned. Only frames that somebody holds are the bank's; the
    // others read as 0.
    const int16_t* pcm(const BankEntry& entry) const noexcept TIMBREL_REALTIME {
        return reinterpret_cast<const int16_t*>(image_->data() + entry.offset);
    }
    // The same, all frames, copied from the file. Throws BankError when the file has changed or cannot be read.
    std::vector<int16_t> read_pcm(const BankEntry& entry) const;

    // What stands between the index and the PCM: padding, and what the metadata describe of it. In memory as long as
    // the bank; 8-byte aligned.
    std::span<const std::byte> after_index() const noexcept TIMBREL_REALTIME {
        const uint64_t from = header_->index_offset + header_->index_entries * sizeof(BankEntry);
        return {image_->data() + from, header_->pcm_offset - from};
    }

    // The pages of some frames of an entry, and of what loops over whole SIMD registers read after them.
    PageRange pages(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    // Holds, releases and locks pages, and reports the state of the file.
    BankImage& image() const { return *image_; }
    // Asks the system to read frames of an entry soon; does not wait for the disk.
    void prefetch(const BankEntry& entry, uint32_t first, uint32_t frames) const;
    // Locks everything before the PCM in memory; see BankImage::lock().
    bool lock_head() const;

    // Examines the file as BankImage::poll(). Returns what is wrong, a line with the path, or an empty string.
    std::string check_file(std::chrono::milliseconds interval) const;

    // Compares all PCM with its checksum; reads the whole file. Throws BankError when they differ.
    void verify_pcm() const;

  private:
    explicit Bank(std::string path);
    void check_header() const;
    void check_index() const;
    void read_metadata();

    std::string path_;
    std::shared_ptr<BankImage> image_;
    const BankHeader* header_ = nullptr;
    const BankEntry* index_ = nullptr;
    std::unique_ptr<const nlohmann::json> metadata_;
};

} // namespace timbrel::engine
