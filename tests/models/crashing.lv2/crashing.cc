// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 instruments that crash, as some do: one while it is loaded, one as soon as it runs.
#include <lv2/core/lv2.h>

#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

constexpr char on_load[] = "urn:timbrel:test:crashes-on-load";
constexpr char on_playing[] = "urn:timbrel:test:crashes-on-playing";

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

const LV2_Descriptor plugins[] = {{on_load, instantiate, connect, nullptr, run, nullptr, cleanup, nullptr},
                                  {on_playing, instantiate, connect, nullptr, run, nullptr, cleanup, nullptr}};

} // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index) { return index < 2 ? &plugins[index] : nullptr; }
