// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/streaming/streamed_bank.h"

#include <algorithm>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr double head_seconds = 0.1;             // longer than the StreamThread needs to react to a new note
constexpr uint64_t max_head_bytes = 96ull << 20; // of all heads: they are shorter in banks of very many notes

// Each locked head splits the mapping. The system allows a process about 65,000 mappings; all banks together use up to
// half of them, at two for each head.
constexpr uint32_t max_locked_heads = 16384;
std::atomic<uint32_t> total_locked_heads{0};

std::atomic<uint32_t> last_serial{0};

} // namespace

StreamedBank::StreamedBank(std::shared_ptr<const Bank> bank, uint64_t memory_bytes)
    : bank_(std::move(bank)), corners_(*bank_), vibrato_(*bank_, corners_), serial_(++last_serial) {
    const uint64_t entries = uint64_t{bank_->notes()} * bank_->cells();
    head_frames_ = static_cast<uint32_t>(std::min<uint64_t>(static_cast<uint64_t>(head_seconds * bank_->rate()),
                                                            max_head_bytes / bank_frame_bytes / entries));
    head_bytes_ = entries * head_frames_ * bank_frame_bytes;
    fits_ = bank_->file_bytes() < memory_bytes;
    if (fits_) return;
    locked_heads_ = static_cast<uint32_t>(entries);
    if (total_locked_heads.fetch_add(locked_heads_) + locked_heads_ > max_locked_heads || !bank_->lock_index())
        unlock_heads();
}

StreamedBank::~StreamedBank() { total_locked_heads -= locked_heads_; }

// Unlocks all: a part of the heads is no use, and the user's limit is left to others.
void StreamedBank::unlock_heads() {
    total_locked_heads -= std::exchange(locked_heads_, 0);
    bank_->unlock();
}

// Returns the bytes left over.
uint64_t StreamedBank::read_heads(uint64_t bytes) {
    const uint32_t entries = bank_->notes() * bank_->cells();
    const uint64_t bytes_per_head = std::max<uint64_t>(head_frames_, 1) * bank_frame_bytes;
    const auto last =
        static_cast<uint32_t>(std::min<uint64_t>(entries, next_head_ + (bytes + bytes_per_head - 1) / bytes_per_head));
    const auto for_each_head = [&](auto action) {
        for (uint32_t i = next_head_; i < last; ++i) {
            const auto& entry = bank_->entry(i / bank_->cells(), i % bank_->cells());
            action(entry, std::min(entry.frames, head_frames_));
        }
    };
    // Requests everything before it waits for anything, so that the disk can reorder.
    for_each_head([this](const BankEntry& entry, uint32_t frames) { bank_->prefetch(entry, 0, frames); });
    for_each_head([this](const BankEntry& entry, uint32_t frames) { bank_->page_in(entry, 0, frames); });
    for_each_head([this](const BankEntry& entry, uint32_t frames) {
        if (locked_heads_ > 0 && !bank_->lock(entry, 0, frames)) unlock_heads();
    });
    bytes -= std::min(bytes, (last - next_head_) * bytes_per_head);
    next_head_ = last;
    if (next_head_ == entries && !complete_)
        ready_frames_.store(std::max<uint64_t>(loaded_frames(), head_frames_), std::memory_order_release);
    return bytes;
}

bool StreamedBank::load_more(uint64_t bytes) {
    if (complete_ && locked_heads_ > 0) return false;
    const uint64_t size = bank_->file_bytes();
    if (!complete_ || !fits_) bytes = read_heads(bytes);
    const bool heads_done = (complete_ && fits_) || next_head_ == bank_->notes() * bank_->cells();
    if (heads_done && fits_ && bytes > 0) {
        bank_->page_in_bytes(next_byte_, std::min(bytes, size - next_byte_));
        next_byte_ += std::min(bytes, size - next_byte_);
    }
    if (!heads_done || (fits_ && next_byte_ < size)) return !complete_;
    if (fits_) ready_frames_.store(all_frames, std::memory_order_release);
    complete_ = true;
    next_head_ = 0;
    next_byte_ = 0;
    return false;
}

} // namespace timbrel::engine
