// SPDX-License-Identifier: GPL-3.0-or-later
// An LV2 test instrument with restrictions that LV2 allows: it works at 48 kHz only, and its state must not be restored
// while it runs. It plays a sine of 440 Hz, amplitude 0.2, and is silent for ever once it has run during a restore.
#include <lv2/core/lv2.h>
#include <lv2/state/state.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numbers>
#include <thread>

namespace {

constexpr double required_rate = 48000, hertz = 440;

struct RestrictedPlugin {
    float* out = nullptr;
    uint64_t frame = 0;
    std::atomic<bool> restoring{false}, broken{false};
};

RestrictedPlugin& self(LV2_Handle handle) { return *static_cast<RestrictedPlugin*>(handle); }

LV2_Handle instantiate(const LV2_Descriptor*, double rate, const char*, const LV2_Feature* const*) {
    return rate == required_rate ? new RestrictedPlugin : nullptr;
}

void connect(LV2_Handle handle, uint32_t port, void* data) {
    if (port == 1) self(handle).out = static_cast<float*>(data);
}

void run(LV2_Handle handle, uint32_t frames) {
    RestrictedPlugin& restricted = self(handle);
    if (restricted.restoring) restricted.broken = true;
    const double level = restricted.broken ? 0 : 0.2;
    for (uint32_t i = 0; i < frames; ++i)
        restricted.out[i] = static_cast<float>(
            level * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(restricted.frame++) / required_rate));
}

void cleanup(LV2_Handle handle) { delete &self(handle); }

LV2_State_Status save(LV2_Handle, LV2_State_Store_Function, LV2_State_Handle, uint32_t, const LV2_Feature* const*) {
    return LV2_STATE_SUCCESS;
}

LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function, LV2_State_Handle, uint32_t,
                         const LV2_Feature* const*) {
    self(handle).restoring = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100)); // longer than many periods
    self(handle).restoring = false;
    return LV2_STATE_SUCCESS;
}

const void* extension_data(const char* uri) {
    static const LV2_State_Interface state{save, restore};
    return std::strcmp(uri, LV2_STATE__interface) == 0 ? &state : nullptr;
}

const LV2_Descriptor plugin{
    "urn:timbrel:test:restricted", instantiate, connect, nullptr, run, nullptr, cleanup, extension_data};

} // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index) { return index == 0 ? &plugin : nullptr; }
