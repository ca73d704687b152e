// Banks larger than memory: what each voice tells the loader of where it plays, and what the loader grants it. A voice
// reads nothing that it was not granted, so the audio thread never waits for the disk.
#pragma once

#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "plugin/engine/core/triple_buffer.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

namespace timbrel::engine {

inline constexpr uint64_t all_frames = std::numeric_limits<uint64_t>::max();

// A bank and how much of every note is in memory: first the notes' beginnings, then, where there is room, the rest.
class StreamedBank {
  public:
    // Off the audio thread, all but ready().
    StreamedBank(std::shared_ptr<const Bank> bank, uint64_t room); // `room`: bytes of memory it may take
    ~StreamedBank();
    StreamedBank(const StreamedBank&) = delete;
    StreamedBank& operator=(const StreamedBank&) = delete;

    // Reads in at most `bytes` more, or keeps so many that were read already from being forgotten by the system, round
    // and round. True while there is more to read for the first time.
    bool read_on(uint64_t bytes);
    bool complete() const { return complete_; }
    bool fits() const { return whole_; } // into memory, and stays there
    uint64_t bytes_to_keep() const { return whole_ ? bank_->file_bytes() : head_bytes_; }

    const std::shared_ptr<const Bank>& bank() const { return bank_; }
    const BankCorners& corners() const { return corners_; }
    const BankVibrato& vibrato() const { return vibrato_; }
    uint32_t head_frames() const { return head_frames_; }
    uint32_t serial() const { return serial_; } // above 0, another for each object

    // Any thread, wait-free: so many frames from the beginning of every note may be read in every cell.
    uint64_t ready() const { return ready_.load(std::memory_order_acquire); }

  private:
    uint64_t read_heads(uint64_t bytes);
    void give_up_locks();

    std::shared_ptr<const Bank> bank_;
    BankCorners corners_;
    BankVibrato vibrato_;
    uint32_t serial_;
    uint32_t head_frames_ = 0;
    uint64_t head_bytes_ = 0;
    bool whole_ = false; // it fits into memory
    bool complete_ = false;
    uint32_t locks_ = 0;     // beginnings that it keeps in memory for sure; 0 where it may not
    uint32_t next_head_ = 0; // entry in the index
    uint64_t next_byte_ = 0;
    std::atomic<uint64_t> ready_{0};
};

struct CellRange {
    uint32_t first_column = 0, last_column = 0, first_row = 0, last_row = 0;
};

// Times count the frames that a voice has read since its note began, however often it went round the loop.
struct StreamNeed {
    uint32_t bank = 0;         // StreamedBank::serial; 0 when the voice rests
    uint32_t start = 0;        // tells one note of the voice from the next
    uint32_t note = 0;         // in the bank
    uint32_t layers = 1;       // velocities from that note on
    float column = 0, row = 0; // its place on the grid of cells
    bool corners = false;      // are mixed in
    uint64_t played = 0;
};

struct StreamGrant {
    uint32_t start = 0; // of the need that it answers
    CellRange cells;
    bool corners = false; // around them
    uint64_t until = 0;
};

// Between one voice and the loader.
struct StreamLink {
    Latest<StreamNeed> need;   // from the audio thread
    Latest<StreamGrant> grant; // to it
};

} // namespace timbrel::engine
