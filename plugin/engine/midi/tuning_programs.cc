// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/midi/tuning_programs.h"

namespace timbrel::engine {

TuningPrograms::TuningPrograms() {
    for (size_t slot = 0; slot < pitches_.size(); ++slot) set_slot(static_cast<uint16_t>(slot), Tuning::equal());
    slots_[0] = default_slot;
}

void TuningPrograms::set_slot(uint16_t slot, const Tuning& tuning) {
    for (size_t key = 0; key < tuning.pitch.size(); ++key)
        pitches_[slot][key].store(tuning.pitch[key], std::memory_order_relaxed);
}

uint16_t TuningPrograms::allocate_slot(uint16_t number) {
    if (const uint16_t slot = slots_[number].load(std::memory_order_relaxed); slot != equal_slot) return slot;
    if (used_slots_.load(std::memory_order_relaxed) >= pitches_.size()) return equal_slot;
    const uint32_t slot = used_slots_.fetch_add(1, std::memory_order_relaxed);
    if (slot >= pitches_.size()) return equal_slot; // another thread took the last slot
    set_slot(static_cast<uint16_t>(slot), Tuning::equal());
    slots_[number].store(static_cast<uint16_t>(slot), std::memory_order_release);
    return static_cast<uint16_t>(slot);
}

void TuningPrograms::retune(uint16_t number, uint8_t key, float pitch) noexcept TIMBREL_REALTIME {
    const uint16_t slot = allocate_slot(number);
    if (slot == equal_slot) return;
    if (slot == default_slot) default_received_.store(true, std::memory_order_relaxed);
    pitches_[slot][key].store(pitch, std::memory_order_relaxed);
    retune_count_.fetch_add(1, std::memory_order_relaxed);
}

void TuningPrograms::set_default(const Tuning& tuning, bool is_scale) noexcept TIMBREL_REALTIME {
    set_slot(default_slot, tuning);
    has_scale_.store(is_scale, std::memory_order_relaxed);
    default_received_.store(false, std::memory_order_relaxed);
}

std::vector<TuningProgram> TuningPrograms::received() const {
    std::vector<TuningProgram> programs;
    for (uint16_t number = 0; number < count; ++number) {
        if (!is_received(number)) continue;
        auto& program = programs.emplace_back(TuningProgram{.number = number});
        for (uint8_t key = 0; key < 128; ++key) program.tuning.pitch[key] = pitch(number, key);
    }
    return programs;
}

void TuningPrograms::restore(std::span<const TuningProgram> programs) {
    for (uint16_t number = 1; number < count; ++number) slots_[number].store(equal_slot, std::memory_order_relaxed);
    used_slots_.store(default_slot + 1, std::memory_order_relaxed);
    for (const TuningProgram& program : programs) {
        if (program.number >= count) continue;
        const uint16_t slot = allocate_slot(program.number);
        if (slot == default_slot) default_received_.store(true, std::memory_order_relaxed);
        if (slot != equal_slot) set_slot(slot, program.tuning);
    }
}

} // namespace timbrel::engine
