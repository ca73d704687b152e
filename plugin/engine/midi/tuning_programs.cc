#include "plugin/engine/midi/tuning_programs.h"

namespace timbrel::engine {

TuningPrograms::TuningPrograms() {
    for (uint16_t slot = 0; slot < pitches_.size(); ++slot) set(slot, Tuning::equal());
    slots_[0] = first;
}

void TuningPrograms::set(uint16_t slot, const Tuning& tuning) {
    for (size_t key = 0; key < tuning.pitch.size(); ++key)
        pitches_[slot][key].store(tuning.pitch[key], std::memory_order_relaxed);
}

uint16_t TuningPrograms::own_slot(uint16_t number) {
    if (const uint16_t slot = slots_[number].load(std::memory_order_relaxed); slot != equal) return slot;
    if (used_.load(std::memory_order_relaxed) >= pitches_.size()) return equal;
    const uint32_t slot = used_.fetch_add(1, std::memory_order_relaxed);
    if (slot >= pitches_.size()) return equal; // another thread was faster
    set(static_cast<uint16_t>(slot), Tuning::equal());
    slots_[number].store(static_cast<uint16_t>(slot), std::memory_order_release);
    return static_cast<uint16_t>(slot);
}

void TuningPrograms::receive(uint16_t number, uint8_t key, float pitch) {
    const uint16_t slot = own_slot(number);
    if (slot == equal) return;
    if (slot == first) first_received_.store(true, std::memory_order_relaxed);
    pitches_[slot][key].store(pitch, std::memory_order_relaxed);
    receipts_.fetch_add(1, std::memory_order_relaxed);
}

void TuningPrograms::set_first(const Tuning& tuning) {
    set(first, tuning);
    first_received_.store(false, std::memory_order_relaxed);
}

std::vector<TuningProgram> TuningPrograms::received() const {
    std::vector<TuningProgram> programs;
    for (uint16_t number = 0; number < count; ++number) {
        const uint16_t slot = slots_[number].load(std::memory_order_acquire);
        if (slot == equal || (slot == first && !first_received_.load(std::memory_order_relaxed))) continue;
        auto& program = programs.emplace_back(TuningProgram{.number = number});
        for (uint8_t key = 0; key < 128; ++key) program.tuning.pitch[key] = pitch(number, key);
    }
    return programs;
}

void TuningPrograms::restore(std::span<const TuningProgram> programs) {
    for (uint16_t number = 1; number < count; ++number) slots_[number].store(equal, std::memory_order_relaxed);
    used_.store(first + 1, std::memory_order_relaxed);
    for (const TuningProgram& program : programs) {
        if (program.number >= count) continue;
        const uint16_t slot = own_slot(program.number);
        if (slot == first) first_received_.store(true, std::memory_order_relaxed);
        if (slot != equal) set(slot, program.tuning);
    }
}

} // namespace timbrel::engine
