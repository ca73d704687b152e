#include "plugin/engine/streaming/streamed_bank.h"

#include <algorithm>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr double head_seconds = 0.1;         // longer than the loader takes to hear of a new note and read on
constexpr uint64_t most_heads = 96ull << 20; // bytes: shorter heads in banks of very many notes

// Each splits a mapping, of which the system allows a process some 65,000: half of them for all the banks in it.
constexpr uint32_t most_locks = 16384;
std::atomic<uint32_t> locks_taken{0};

std::atomic<uint32_t> last_serial{0};

} // namespace

StreamedBank::StreamedBank(std::shared_ptr<const Bank> bank, uint64_t room)
    : bank_(std::move(bank)), corners_(*bank_), vibrato_(*bank_, corners_), serial_(++last_serial) {
    const uint64_t entries = uint64_t{bank_->notes()} * bank_->cells();
    head_frames_ = static_cast<uint32_t>(std::min<uint64_t>(static_cast<uint64_t>(head_seconds * bank_->rate()),
                                                            most_heads / bank_frame_bytes / entries));
    head_bytes_ = entries * head_frames_ * bank_frame_bytes;
    whole_ = bank_->file_bytes() < room;
    if (whole_) return;
    locks_ = static_cast<uint32_t>(entries);
    if (locks_taken.fetch_add(locks_) + locks_ > most_locks || !bank_->lock_index()) give_up_locks();
}

StreamedBank::~StreamedBank() { locks_taken -= locks_; }

void StreamedBank::give_up_locks() {
    locks_taken -= std::exchange(locks_, 0);
    bank_->unlock(); // a part of what the user may lock is left to others
}

uint64_t StreamedBank::read_heads(uint64_t bytes) {
    const uint32_t entries = bank_->notes() * bank_->cells();
    const uint64_t each = std::max<uint64_t>(head_frames_, 1) * bank_frame_bytes;
    const auto last = static_cast<uint32_t>(std::min<uint64_t>(entries, next_head_ + (bytes + each - 1) / each));
    const auto each_head = [&](auto action) {
        for (uint32_t i = next_head_; i < last; ++i) {
            const auto& entry = bank_->entry(i / bank_->cells(), i % bank_->cells());
            action(entry, std::min(entry.frames, head_frames_));
        }
    };
    // All is asked for before anything is waited for.
    each_head([this](const BankEntry& entry, uint32_t frames) { bank_->ask_for(entry, 0, frames); });
    each_head([this](const BankEntry& entry, uint32_t frames) { bank_->read_in(entry, 0, frames); });
    each_head([this](const BankEntry& entry, uint32_t frames) {
        if (locks_ > 0 && !bank_->lock(entry, 0, frames)) give_up_locks();
    });
    bytes -= std::min(bytes, (last - next_head_) * each);
    next_head_ = last;
    if (next_head_ == entries && !complete_)
        ready_.store(std::max<uint64_t>(ready(), head_frames_), std::memory_order_release);
    return bytes;
}

bool StreamedBank::read_on(uint64_t bytes) {
    if (complete_ && locks_ > 0) return false;
    const uint64_t size = bank_->file_bytes();
    if (!complete_ || !whole_) bytes = read_heads(bytes);
    const bool heads_done = (complete_ && whole_) || next_head_ == bank_->notes() * bank_->cells();
    if (heads_done && whole_ && bytes > 0) {
        bank_->read_in_bytes(next_byte_, std::min(bytes, size - next_byte_));
        next_byte_ += std::min(bytes, size - next_byte_);
    }
    if (!heads_done || (whole_ && next_byte_ < size)) return !complete_;
    if (whole_) ready_.store(all_frames, std::memory_order_release);
    complete_ = true;
    next_head_ = 0;
    next_byte_ = 0;
    return false;
}

} // namespace timbrel::engine
