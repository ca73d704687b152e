// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/midi/tuning_master.h"

#include "common/units.h"

#include <dlfcn.h>

#include <atomic>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr const char* library_names[] = {"libMTS.so", "/usr/local/lib/libMTS.so"};
constexpr double lowest_hertz = 1, highest_hertz = 1e5; // of valid frequencies

template<class Function>
Function* find(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

// The library's memory, which others write.
double read(const double* hertz) {
    return std::atomic_ref<double>(const_cast<double&>(*hertz)).load(std::memory_order_relaxed);
}

} // namespace

TuningMaster::TuningMaster() {
    for (const char* name : library_names)
        if (!library_) library_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library_) return;
    deregister_ = find<Procedure>(library_, "MTS_DeregisterClient");
    has_master_ = find<HasMaster>(library_, "MTS_HasMaster");
    has_channel_table_ = find<HasChannelTable>(library_, "MTS_UseMultiChannelTuning");
    is_silent_ = find<IsSilent>(library_, "MTS_ShouldFilterNote");
    is_silent_on_channel_ = find<IsSilent>(library_, "MTS_ShouldFilterNoteMultiChannel");
    if (auto* const enter = find<Procedure>(library_, "MTS_RegisterClient")) enter();
    if (auto* const table = find<Table>(library_, "MTS_GetTuningTable")) table_ = table();
    if (auto* const table = find<ChannelTable>(library_, "MTS_GetMultiChannelTuningTable"))
        for (int channel = 0; channel < 16; ++channel)
            channel_tables_[static_cast<size_t>(channel)] = table(channel_of(channel));
}

TuningMaster::~TuningMaster() {
    if (!library_) return;
    if (deregister_) deregister_();
    dlclose(library_);
}

float TuningMaster::pitch(int channel, uint8_t key) noexcept TIMBREL_REALTIME {
    const bool on_channel = has_channel_table(channel) && channel_tables_[static_cast<size_t>(channel)];
    const size_t row = on_channel ? static_cast<size_t>(channel) : channel_tables_.size();
    const double hertz = read((on_channel ? channel_tables_[row] : table_) + key);
    Converted& converted = converted_[row][key];
    if (converted.hertz != hertz) {
        const bool valid = hertz >= lowest_hertz && hertz <= highest_hertz;
        converted = {hertz, valid ? static_cast<float>(hertz_to_note(hertz)) : static_cast<float>(key)};
    }
    return converted.pitch;
}

bool TuningMaster::is_silent(int channel, uint8_t key) const noexcept TIMBREL_REALTIME {
    IsSilent* const silent = has_channel_table(channel) ? is_silent_on_channel_ : is_silent_;
    return silent && silent(static_cast<char>(key), channel_of(channel));
}

} // namespace timbrel::engine
