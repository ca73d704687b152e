// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/streaming/bank_exchange.h"

namespace timbrel::engine {

ActiveBank::ActiveBank(std::shared_ptr<const StreamedBank> streamed_bank)
    : streamed(std::move(streamed_bank)), bank(streamed ? streamed->bank().get() : nullptr) {}

BankExchange::~BankExchange() {
    delete offered_.load();
    delete current_;
    free_list(earlier_);
    free_list(retired_.load());
}

void BankExchange::free_list(ActiveBank* first) {
    while (first) {
        const std::unique_ptr<ActiveBank> bank(first);
        first = bank->next;
    }
}

void BankExchange::offer(std::shared_ptr<const StreamedBank> bank) {
    auto offered = std::make_unique<ActiveBank>(std::move(bank));
    const std::unique_ptr<ActiveBank> never_taken(offered_.exchange(offered.release(), std::memory_order_acq_rel));
    free_retired();
}

void BankExchange::free_retired() { free_list(retired_.exchange(nullptr, std::memory_order_acquire)); }

bool BankExchange::take() noexcept TIMBREL_REALTIME {
    if (!offered_.load(std::memory_order_relaxed)) return false;
    ActiveBank* taken = offered_.exchange(nullptr, std::memory_order_acq_rel);
    if (!taken) return false;
    if (current_) {
        current_->next = earlier_;
        earlier_ = current_;
    }
    current_ = taken;
    return true;
}

void BankExchange::retire_unused() noexcept TIMBREL_REALTIME {
    for (ActiveBank** link = &earlier_; *link;) {
        ActiveBank* bank = *link;
        if (bank->voices > 0) {
            link = &bank->next;
            continue;
        }
        *link = bank->next;
        bank->next = retired_.load(std::memory_order_relaxed);
        // Meanwhile only free_retired() changes the head, and only to null: the second attempt succeeds.
        while (
            !retired_.compare_exchange_strong(bank->next, bank, std::memory_order_release, std::memory_order_relaxed)) {
        }
    }
}

} // namespace timbrel::engine
