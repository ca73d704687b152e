// The tunings that MIDI chooses among: 128 banks of 128 programs. Each is equal temperament until told otherwise; so
// many may be told as max_tunings says. Any thread may call anything at any time, wait-free but for received(): a key's
// pitch is always a whole one, a tuning that another thread just writes may be old in part.
#pragma once

#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/midi/tuning.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::engine {

struct TuningProgram {
    uint16_t number = 0; // 128 · bank + program
    Tuning tuning = Tuning::equal();
};

class TuningPrograms {
  public:
    static constexpr uint32_t count = 128 * 128;

    TuningPrograms();

    // In semitones as in Tuning, or Tuning::silent.
    float pitch(uint16_t number, uint8_t key) const {
        const uint16_t slot = slots_[number].load(std::memory_order_acquire);
        return pitches_[slot][key].load(std::memory_order_relaxed);
    }

    // As MIDI tells it. Without effect when there is no room for one more tuning.
    void receive(uint16_t number, uint8_t key, float pitch);
    uint32_t receipts() const { return receipts_.load(std::memory_order_relaxed); } // changes since construction

    // Number 0, which every channel plays that has chosen no other; as if MIDI had never told of it.
    void set_first(const Tuning& tuning);

    // Off the audio thread. The tunings of which MIDI told; and these instead of all others but number 0, which stays
    // unless it is among them. Numbers beyond the last are left out. What is received or played while restore() runs
    // may be lost, or be heard in another number's tuning until it is told again.
    std::vector<TuningProgram> received() const;
    void restore(std::span<const TuningProgram> programs);

  private:
    // Where a number's pitches are kept, from now on if there were none; 0 when there is no room.
    uint16_t own_slot(uint16_t number);
    void set(uint16_t slot, const Tuning& tuning);

    static constexpr uint16_t equal = 0, first = 1; // slots: of all that nobody told of, and of number 0
    std::array<std::atomic<uint16_t>, count> slots_{};
    std::array<std::array<std::atomic<float>, 128>, max_tunings + 1> pitches_{};
    std::atomic<uint32_t> used_{first + 1}, receipts_{0};
    std::atomic<bool> first_received_{false};
};

} // namespace timbrel::engine
