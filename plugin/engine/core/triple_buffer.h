// Hands the newest value of T from one thread to one other, wait-free on both sides; older values are overwritten.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace timbrel::engine {

template<typename T>
class Latest {
  public:
    // Writer: fill in the draft, then publish it. The next draft holds some older value.
    T& draft() { return slots_[back_]; }
    void publish() { back_ = middle_.exchange(back_ | fresh, std::memory_order_acq_rel) & index_bits; }

    // Reader: true when something was published since the last take(); value() is then that.
    bool take() {
        if (!(middle_.load(std::memory_order_relaxed) & fresh)) return false;
        front_ = middle_.exchange(front_, std::memory_order_acq_rel) & index_bits;
        return true;
    }
    const T& value() const { return slots_[front_]; }

  private:
    static constexpr uint8_t index_bits = 3, fresh = 4;

    std::array<T, 3> slots_{};
    uint8_t back_ = 0;  // the writer's
    uint8_t front_ = 2; // the reader's
    std::atomic<uint8_t> middle_{1};
};

} // namespace timbrel::engine
