// SPDX-License-Identifier: GPL-3.0-or-later
// Passes banks to the audio thread and back: one atomic exchange each way; the audio thread frees nothing.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/streaming/streamed_bank.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace timbrel::engine {

// A bank and its use by the audio thread.
struct ActiveBank {
    explicit ActiveBank(std::shared_ptr<const StreamedBank> streamed); // control, worker; null for silence

    std::shared_ptr<const StreamedBank> streamed;
    const Bank* bank;           // streamed's bank, null for silence
    uint32_t voices = 0;        // sounding on it; audio thread only
    ActiveBank* next = nullptr; // link of the list that contains it
};

class BankExchange {
  public:
    ~BankExchange(); // control, when no other thread uses the object

    // Control, worker; several threads at once. The last bank offered wins.
    void offer(std::shared_ptr<const StreamedBank> bank);
    // Control, worker; several threads at once. Deletes what retire_unused() retired.
    void free_retired();

    // Audio. Makes a newly offered bank the current one; true if there was one.
    bool take() noexcept TIMBREL_REALTIME;
    // Audio. Null before the first bank.
    ActiveBank* current() const noexcept TIMBREL_REALTIME { return current_; }
    // Audio. Retires the earlier banks on which no voice sounds any more.
    void retire_unused() noexcept TIMBREL_REALTIME;

  private:
    static void free_list(ActiveBank* first);

    std::atomic<ActiveBank*> offered_{nullptr};
    std::atomic<ActiveBank*> retired_{nullptr};
    ActiveBank* current_ = nullptr;
    ActiveBank* earlier_ = nullptr; // list of banks on which voices may still sound
};

} // namespace timbrel::engine
