// Passes banks to the audio thread and back: one atomic exchange each way, nothing freed on the audio thread.
#pragma once

#include "plugin/engine/streaming/streamed_bank.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace timbrel::engine {

// A bank as the audio thread holds it.
struct HeldBank {
    explicit HeldBank(std::shared_ptr<const StreamedBank> streamed); // off the audio thread; null for no sound

    std::shared_ptr<const StreamedBank> streamed;
    const Bank* bank;         // the same
    uint32_t voices = 0;      // sounding on it; the audio thread's
    HeldBank* next = nullptr; // in the list it is on
};

class BankHandover {
  public:
    ~BankHandover(); // off the audio thread, once nobody else uses the object

    // Any thread but the audio thread, several at once. The last bank offered wins.
    void offer(std::shared_ptr<const StreamedBank> bank);
    void collect(); // frees what was retired

    // Audio thread. Makes a newly offered bank the current one; true if there was one.
    bool take();
    HeldBank* current() const { return current_; } // null before the first one
    // Audio thread. Retires the earlier banks on which no voice sounds any more.
    void retire_unused();

  private:
    static void free_list(HeldBank* first);

    std::atomic<HeldBank*> offered_{nullptr};
    std::atomic<HeldBank*> retired_{nullptr};
    HeldBank* current_ = nullptr;
    HeldBank* earlier_ = nullptr; // list of banks that voices may still sound on
};

} // namespace timbrel::engine
