// SPDX-License-Identifier: GPL-3.0-or-later
// A triple buffer: passes the newest value of T from one writer thread to one reader thread. Wait-free on both sides;
// values that the reader does not fetch in time are overwritten.
// Threads: any one thread writes, any one other thread reads.
#pragma once

#include "common/realtime.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace timbrel::engine {

template<typename T>
class TripleBuffer {
  public:
    // Writer: fill in the draft, then publish it. The next draft holds an arbitrary older value.
    T& draft() noexcept TIMBREL_REALTIME { return slots_[back_]; }
    void publish() noexcept TIMBREL_REALTIME {
        back_ = middle_.exchange(back_ | fresh, std::memory_order_acq_rel) & index_bits;
    }

    // Reader: fetches the newest value into value(). Returns false when nothing was published since the last call.
    bool take() noexcept TIMBREL_REALTIME {
        if (!(middle_.load(std::memory_order_relaxed) & fresh)) return false;
        front_ = middle_.exchange(front_, std::memory_order_acq_rel) & index_bits;
        return true;
    }
    const T& value() const noexcept TIMBREL_REALTIME { return slots_[front_]; }

  private:
    static constexpr uint8_t index_bits = 3, fresh = 4;

    std::array<T, 3> slots_{};
    uint8_t back_ = 0;               // the writer's slot
    uint8_t front_ = 2;              // the reader's slot
    std::atomic<uint8_t> middle_{1}; // the third slot, and whether it is newer than the reader's
};

} // namespace timbrel::engine
