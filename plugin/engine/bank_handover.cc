#include "plugin/engine/bank_handover.h"

#include <cstdlib>

namespace timbrel {

namespace {

// Of two pitches equally near the higher one is played, downwards, where nothing folds over.
uint8_t nearest(std::span<const uint8_t> pitches, int key) {
    size_t best = 0;
    for (size_t i = 1; i < pitches.size(); ++i)
        if (std::abs(pitches[i] - key) <= std::abs(pitches[best] - key)) best = i;
    return static_cast<uint8_t>(best);
}

} // namespace

HeldBank::HeldBank(std::shared_ptr<const StreamedBank> held)
    : streamed(std::move(held)), bank(streamed ? streamed->bank().get() : nullptr), pitch_index{} {
    if (!bank) return;
    for (int key = 0; key < 128; ++key) pitch_index[static_cast<size_t>(key)] = nearest(bank->pitches(), key);
}

BankHandover::~BankHandover() {
    delete offered_.load();
    delete current_;
    free_list(earlier_);
    free_list(retired_.load());
}

void BankHandover::free_list(HeldBank* first) {
    while (first) {
        const std::unique_ptr<HeldBank> held(first);
        first = held->next;
    }
}

void BankHandover::offer(std::shared_ptr<const StreamedBank> bank) {
    auto held = std::make_unique<HeldBank>(std::move(bank));
    const std::unique_ptr<HeldBank> never_taken(offered_.exchange(held.release(), std::memory_order_acq_rel));
    collect();
}

void BankHandover::collect() { free_list(retired_.exchange(nullptr, std::memory_order_acquire)); }

bool BankHandover::take() {
    if (!offered_.load(std::memory_order_relaxed)) return false;
    HeldBank* held = offered_.exchange(nullptr, std::memory_order_acq_rel);
    if (!held) return false;
    if (current_) {
        current_->next = earlier_;
        earlier_ = current_;
    }
    current_ = held;
    return true;
}

void BankHandover::retire_unused() {
    for (HeldBank** link = &earlier_; *link;) {
        HeldBank* held = *link;
        if (held->voices > 0) {
            link = &held->next;
            continue;
        }
        *link = held->next;
        held->next = retired_.load(std::memory_order_relaxed);
        // Only collect() changes the head meanwhile, and only to null, so this ends after a second try at most.
        while (
            !retired_.compare_exchange_strong(held->next, held, std::memory_order_release, std::memory_order_relaxed)) {
        }
    }
}

} // namespace timbrel
