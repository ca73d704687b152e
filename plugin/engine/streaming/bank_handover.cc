#include "plugin/engine/streaming/bank_handover.h"

namespace timbrel::engine {

HeldBank::HeldBank(std::shared_ptr<const StreamedBank> held)
    : streamed(std::move(held)), bank(streamed ? streamed->bank().get() : nullptr) {}

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

} // namespace timbrel::engine
