// SPDX-License-Identifier: GPL-3.0-or-later
// Banks larger than memory: a bank with the part of it that is in memory, and the messages between each voice and the
// StreamThread. A voice reads only what is reported to be in memory, so the audio thread never waits for the disk.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "plugin/engine/core/triple_buffer.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

namespace timbrel::engine {

inline constexpr uint64_t all_frames = std::numeric_limits<uint64_t>::max();

// Frames that the StreamThread reads ahead of a voice at least, whatever the bank's rate. A voice at the highest pitch
// needs nearly half of them before it sounds.
inline constexpr uint64_t min_ahead_frames = 8192;

// A bank and how much of it is in memory: first the heads (every note's beginning), then, when it fits, the rest.
class StreamedBank {
  public:
    // Thread: control or worker, one at a time, for construction, destruction, load_more(), complete() and
    // resident_bytes(). The others return constants: any thread.
    // `memory_bytes`: the most memory it may use.
    StreamedBank(std::shared_ptr<const Bank> bank, uint64_t memory_bytes);
    ~StreamedBank();
    StreamedBank(const StreamedBank&) = delete;
    StreamedBank& operator=(const StreamedBank&) = delete;

    // Reads at most `bytes` more from the disk. When all has been read, touches the next `bytes` of it instead, so that
    // the system does not swap them out. True while there is more to read for the first time and it can be read.
    bool load_more(uint64_t bytes);
    bool complete() const { return complete_; }                             // everything was read once
    bool fits_in_memory() const noexcept TIMBREL_REALTIME { return fits_; } // all of it fits into `memory_bytes`
    uint64_t resident_bytes() const { return fits_ ? bank_->file_bytes() : head_bytes_; }

    const std::shared_ptr<const Bank>& bank() const noexcept TIMBREL_REALTIME { return bank_; }
    const BankCorners& corners() const noexcept TIMBREL_REALTIME { return corners_; }
    const BankVibrato& vibrato() const noexcept TIMBREL_REALTIME { return vibrato_; }
    const BankPitchTracks& pitch_tracks() const noexcept TIMBREL_REALTIME { return pitch_tracks_; }
    uint32_t head_frames() const noexcept TIMBREL_REALTIME { return head_frames_; }
    uint32_t serial() const noexcept TIMBREL_REALTIME { return serial_; } // above 0, unique in the process

    // Any. So many frames from the beginning of every note are in memory in every cell.
    uint64_t loaded_frames() const noexcept TIMBREL_REALTIME { return ready_frames_.load(std::memory_order_acquire); }

  private:
    PageRange head(uint32_t entry) const;
    PageRange part(uint64_t bytes) const;
    bool load_heads(uint64_t& bytes);
    bool load_rest(uint64_t bytes);
    void touch_more(uint64_t bytes);
    void unlock_heads();

    std::shared_ptr<const Bank> bank_;
    BankCorners corners_;
    BankVibrato vibrato_;
    BankPitchTracks pitch_tracks_;
    uint32_t serial_;
    uint32_t head_frames_ = 0;
    uint64_t head_bytes_ = 0; // of all heads
    bool fits_ = false;
    bool complete_ = false;
    uint32_t locked_heads_ = 0; // heads locked in memory: all, or 0 when the limits do not permit it
    uint32_t held_heads_ = 0;   // the first so many entries of the index
    PageRange held_{};          // of the file, when it fits
    uint32_t next_head_ = 0;    // to be touched
    uint64_t next_page_ = 0;
    std::atomic<uint64_t> ready_frames_{0};
};

// Inclusive.
struct CellRange {
    uint32_t first_column = 0, last_column = 0, first_row = 0, last_row = 0;
    bool contains(const CellRange& other) const noexcept TIMBREL_REALTIME {
        return other.first_column >= first_column && other.last_column <= last_column && other.first_row >= first_row &&
               other.last_row <= last_row;
    }
};

// What a voice plays. Frame positions count the frames read since the note's start, with loops unrolled.
struct ReadRequest {
    uint32_t bank = 0;         // StreamedBank::serial(); 0 when the voice is silent
    uint32_t start = 0;        // the voice's note counter: differs from one note to the next
    uint32_t note = 0;         // note number in the bank
    uint32_t layers = 1;       // velocity layers, from `note` on
    float column = 0, row = 0; // position on the grid of cells
    CellRange cells{};         // needed anyway
    bool corners = false;      // whether the corners' sound is mixed in
    uint64_t played = 0;       // frame position
};

// What is in memory for a voice.
struct LoadedRange {
    uint32_t start = 0; // of the ReadRequest that it answers
    CellRange cells;
    bool corners = false; // also the corners around the cells
    uint64_t until = 0;   // frame position up to which it may read
};

// The messages between one voice and the StreamThread.
struct RequestChannel {
    TripleBuffer<ReadRequest> request; // from the audio thread
    TripleBuffer<LoadedRange> loaded;  // to the audio thread
};

} // namespace timbrel::engine
