// SPDX-License-Identifier: GPL-3.0-or-later
// The tuning programs of the MIDI Tuning Standard: 128 banks of 128. Each is equal temperament until it is changed; up
// to max_tunings programs can differ from it. Threads: any, except where a function says otherwise. A single pitch is
// read and written atomically; a program that another thread is writing may be read half old, half new.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/midi/tuning.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace timbrel::engine {

struct TuningProgram {
    uint16_t number = 0; // 128 * bank + program
    Tuning tuning = Tuning::equal();
};

class TuningPrograms {
  public:
    static constexpr uint32_t count = 128 * 128;

    TuningPrograms();

    // A MIDI note number with fractions, or Tuning::silent.
    float pitch(uint16_t number, uint8_t key) const noexcept TIMBREL_REALTIME {
        const uint16_t slot = slots_[number].load(std::memory_order_acquire);
        return pitches_[slot][key].load(std::memory_order_relaxed);
    }

    // Retunes one key, for MIDI. Does nothing when max_tunings programs are in use already.
    void retune(uint16_t number, uint8_t key, float pitch) noexcept TIMBREL_REALTIME;
    // Calls of retune() with an effect, since construction.
    uint32_t retune_count() const noexcept TIMBREL_REALTIME { return retune_count_.load(std::memory_order_relaxed); }

    // Sets program 0, which every channel uses that has not selected another, and forgets what MIDI changed in it.
    // `is_scale`: the user chose it, so that it comes before the tuning of a session's master.
    void set_default(const Tuning& tuning, bool is_scale) noexcept TIMBREL_REALTIME;
    bool has_scale() const noexcept TIMBREL_REALTIME { return has_scale_.load(std::memory_order_relaxed); }

    // Whether MIDI changed the program.
    bool is_received(uint16_t number) const noexcept TIMBREL_REALTIME {
        const uint16_t slot = slots_[number].load(std::memory_order_relaxed);
        return slot == default_slot ? default_received_.load(std::memory_order_relaxed) : slot != equal_slot;
    }

    // Thread: control. The programs that MIDI changed.
    std::vector<TuningProgram> received() const;
    // Thread: control. Replaces all programs but program 0, which is replaced only if `programs` contains it. Numbers
    // out of range are ignored. Programs that are changed or read during the call may get lost, or use another
    // program's tuning until they are changed again.
    void restore(std::span<const TuningProgram> programs);

  private:
    // The number's slot, allocated at need; equal_slot when none is free.
    uint16_t allocate_slot(uint16_t number);
    void set_slot(uint16_t slot, const Tuning& tuning);

    static constexpr uint16_t equal_slot = 0;   // of all programs that were never changed
    static constexpr uint16_t default_slot = 1; // of program 0
    std::array<std::atomic<uint16_t>, count> slots_{};
    std::array<std::array<std::atomic<float>, 128>, max_tunings + 1> pitches_{};
    std::atomic<uint32_t> used_slots_{default_slot + 1}, retune_count_{0};
    std::atomic<bool> default_received_{false}; // whether MIDI changed program 0 since set_default()
    std::atomic<bool> has_scale_{false};
};

} // namespace timbrel::engine
