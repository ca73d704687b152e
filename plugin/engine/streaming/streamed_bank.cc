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
    : bank_(std::move(bank)), corners_(*bank_), vibrato_(*bank_, corners_), pitch_tracks_(*bank_, corners_),
      serial_(++last_serial) {
    const uint64_t entries = uint64_t{bank_->notes()} * bank_->cells();
    head_frames_ = static_cast<uint32_t>(std::min<uint64_t>(static_cast<uint64_t>(head_seconds * bank_->rate()),
                                                            max_head_bytes / bank_frame_bytes / entries));
    head_bytes_ = entries * head_frames_ * bank_frame_bytes;
    fits_ = bank_->file_bytes() < memory_bytes;
    if (fits_) return;
    bank_->image().add_locker();
    locked_heads_ = static_cast<uint32_t>(entries);
    if (total_locked_heads.fetch_add(locked_heads_) + locked_heads_ > max_locked_heads || !bank_->lock_head())
        unlock_heads();
}

StreamedBank::~StreamedBank() {
    unlock_heads();
    for (uint32_t entry = 0; entry < held_heads_; ++entry) bank_->image().release(head(entry));
    bank_->image().release(held_);
}

// Unlocks all: a part of the heads is no use, and the user's limit is left to others.
void StreamedBank::unlock_heads() {
    if (locked_heads_ == 0) return;
    total_locked_heads -= std::exchange(locked_heads_, 0);
    bank_->image().remove_locker();
}

PageRange StreamedBank::head(uint32_t entry) const {
    const auto& indexed = bank_->entry(entry / bank_->cells(), entry % bank_->cells());
    return bank_->pages(indexed, 0, std::min(indexed.frames, head_frames_));
}

// The next pages of the file and of what is read after its end, about so many bytes.
PageRange StreamedBank::part(uint64_t bytes) const {
    const uint64_t end = BankImage::pages(0, bank_->file_bytes()).count + 1;
    const uint64_t next = held_.first + held_.count;
    return {next, std::min(end - next, BankImage::pages(0, bytes).count)};
}

// Reduces `bytes` by what was read. False while heads are left.
bool StreamedBank::load_heads(uint64_t& bytes) {
    const uint32_t entries = bank_->notes() * bank_->cells();
    const uint64_t bytes_per_head = std::max<uint64_t>(head_frames_, 1) * bank_frame_bytes;
    const auto last =
        static_cast<uint32_t>(std::min<uint64_t>(entries, held_heads_ + (bytes + bytes_per_head - 1) / bytes_per_head));
    // Requests everything before it waits for anything, so that the disk can reorder.
    for (uint32_t entry = held_heads_; entry < last; ++entry)
        bank_->prefetch(bank_->entry(entry / bank_->cells(), entry % bank_->cells()), 0, head_frames_);
    for (; held_heads_ < last; ++held_heads_) {
        if (!bank_->image().hold(head(held_heads_))) return false;
        if (locked_heads_ > 0 && !bank_->image().lock(head(held_heads_))) unlock_heads();
        bytes -= std::min(bytes, bytes_per_head);
    }
    if (held_heads_ < entries) return false;
    ready_frames_.store(std::max<uint64_t>(loaded_frames(), head_frames_), std::memory_order_release);
    return true;
}

// False while a part is left.
bool StreamedBank::load_rest(uint64_t bytes) {
    const PageRange next = part(bytes);
    if (bytes > 0 && bank_->image().hold(next)) held_.count += next.count;
    if (part(1).count > 0) return false;
    ready_frames_.store(all_frames, std::memory_order_release);
    return true;
}

void StreamedBank::touch_more(uint64_t bytes) {
    if (fits_) {
        const uint64_t count = std::min(held_.count - next_page_, BankImage::pages(0, bytes).count);
        bank_->image().touch({next_page_, count});
        next_page_ = (next_page_ + count) % held_.count;
    } else if (locked_heads_ == 0) {
        for (uint64_t touched = 0; touched < bytes; next_head_ = (next_head_ + 1) % held_heads_) {
            const PageRange pages = head(next_head_);
            bank_->image().touch(pages);
            touched += pages.count * bank_page;
        }
    }
}

bool StreamedBank::load_more(uint64_t bytes) {
    if (complete_)
        touch_more(bytes);
    else
        complete_ = load_heads(bytes) && (!fits_ || load_rest(bytes));
    return !complete_ && bank_->image().readable();
}

} // namespace timbrel::engine
