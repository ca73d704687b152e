// SPDX-License-Identifier: GPL-3.0-or-later
// The library of the stand-in for MTS-ESP, with the functions that clients call.
#include "tests/plugin/support/mts_stand_in.h"

namespace {

using timbrel::test::MtsTables;

MtsTables& tables() {
    static MtsTables* const mapped = [] {
        const char* const path = std::getenv(timbrel::test::mts_file_variable);
        MtsTables* const shared = path ? timbrel::test::map_mts_tables(path) : nullptr;
        static MtsTables empty{};
        return shared ? shared : &empty;
    }();
    return *mapped;
}

// The interface gives plain numbers.
const double* plain(const MtsTables::Frequencies& frequencies) {
    static_assert(sizeof frequencies == 128 * sizeof(double));
    return reinterpret_cast<const double*>(frequencies.data());
}

} // namespace

// The rest is hidden: a symbol that the whole process has once would keep the library loaded.
#pragma GCC visibility push(default)
extern "C" {

void MTS_RegisterClient() { ++tables().clients; }
void MTS_DeregisterClient() { --tables().clients; }
bool MTS_HasMaster() { return tables().has_master; }
const double* MTS_GetTuningTable() { return plain(tables().all); }
const double* MTS_GetMultiChannelTuningTable(signed char channel) {
    return plain(tables().channels[static_cast<size_t>(channel)]);
}
bool MTS_UseMultiChannelTuning(signed char channel) {
    return channel >= 0 && tables().uses_channel[static_cast<size_t>(channel)];
}
bool MTS_ShouldFilterNote(char key, signed char) { return tables().silent[static_cast<size_t>(key)]; }
bool MTS_ShouldFilterNoteMultiChannel(char key, signed char channel) {
    return tables().silent_on_channel[static_cast<size_t>(channel)][static_cast<size_t>(key)];
}
}
#pragma GCC visibility pop
