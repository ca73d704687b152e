// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 instruments that crash, as some do: one while it is loaded, one as soon as it runs. And one that does not, whose
// output is its control `level`, divided by `steps`.
#include <lv2/core/lv2.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

constexpr char on_load[] = "urn:timbrel:test:crashes-on-load";
constexpr char on_playing[] = "urn:timbrel:test:crashes-on-playing";
constexpr char constant[] = "urn:timbrel:test:constant";

LV2_Handle instantiate(const LV2_Descriptor* plugin, double, const char*, const LV2_Feature* const*) {
    std::puts("a plugin's chatter");
    std::fputs("and its complaints\n", stderr);
    if (std::strcmp(plugin->URI, on_load) == 0) std::raise(SIGSEGV);
    static int instance;
    return &instance;
}

void connect(LV2_Handle, uint32_t, void*) {}
void run(LV2_Handle, uint32_t) { std::raise(SIGFPE); }
void cleanup(LV2_Handle) {}

struct Constant {
    float* ports[4]; // events, out, level, steps
};

LV2_Handle instantiate_constant(const LV2_Descriptor*, double, const char*, const LV2_Feature* const*) {
    return new Constant{};
}
void connect_constant(LV2_Handle handle, uint32_t port, void* data) {
    static_cast<Constant*>(handle)->ports[port] = static_cast<float*>(data);
}
void run_constant(LV2_Handle handle, uint32_t frames) {
    const auto& [events, out, level, steps] = static_cast<Constant*>(handle)->ports;
    std::fill_n(out, frames, *level / *steps);
}
void cleanup_constant(LV2_Handle handle) { delete static_cast<Constant*>(handle); }

const LV2_Descriptor plugins[] = {
    {on_load, instantiate, connect, nullptr, run, nullptr, cleanup, nullptr},
    {on_playing, instantiate, connect, nullptr, run, nullptr, cleanup, nullptr},
    {constant, instantiate_constant, connect_constant, nullptr, run_constant, nullptr, cleanup_constant, nullptr}};

} // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index) { return index < 3 ? &plugins[index] : nullptr; }
