// SPDX-License-Identifier: GPL-3.0-or-later
// LV2's C interface to the plugin. No exception leaves it.
#include "common/foreign_text.h"
#include "plugin/lv2/midnam.h"
#include "plugin/lv2/plugin.h"

#include <lv2/core/lv2.h>
#include <lv2/core/lv2_util.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

namespace {

using timbrel::lv2::Plugin;

Plugin& self(LV2_Handle handle) { return *static_cast<Plugin*>(handle); }

LV2_Handle instantiate(const LV2_Descriptor*, double rate, const char*, const LV2_Feature* const* features) {
    auto* const map = static_cast<LV2_URID_Map*>(lv2_features_data(features, LV2_URID__map));
    auto* const log = static_cast<LV2_Log_Log*>(lv2_features_data(features, LV2_LOG__log));
    if (!map) return nullptr;
    try {
        return new Plugin(rate, *map, log);
    } catch (const std::exception& error) {
        LV2_Log_Logger logger;
        lv2_log_logger_init(&logger, map, log);
        lv2_log_error(&logger, "Timbrel: %s\n", timbrel::printable(error.what(), timbrel::max_printed_line).c_str());
        return nullptr;
    }
}

void connect_port(LV2_Handle handle, uint32_t port, void* data) { self(handle).connect(port, data); }
void activate(LV2_Handle handle) { self(handle).activate(); }
void run(LV2_Handle handle, uint32_t frames) { self(handle).run(frames); }
void cleanup(LV2_Handle handle) { delete &self(handle); }

LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle state, uint32_t,
                      const LV2_Feature* const* features) {
    try {
        return self(handle).save(store, state, features);
    } catch (const std::exception&) {
        return LV2_STATE_ERR_UNKNOWN;
    }
}

LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve, LV2_State_Handle state, uint32_t,
                         const LV2_Feature* const* features) {
    try {
        return self(handle).restore(retrieve, state, features);
    } catch (const std::exception&) {
        return LV2_STATE_ERR_UNKNOWN;
    }
}

std::string model(LV2_Handle handle) {
    char text[32];
    std::snprintf(text, sizeof text, "Timbrel:%p", handle); // hosts want one name for each instance
    return text;
}

// Null when out of memory.
char* midi_names(LV2_Handle handle) {
    try {
        return strdup(timbrel::lv2::midi_names(model(handle)).c_str());
    } catch (const std::exception&) {
        return nullptr;
    }
}

char* midi_model(LV2_Handle handle) { return strdup(model(handle).c_str()); }
void free_text(char* text) { std::free(text); }

const void* extension_data(const char* uri) {
    static constexpr LV2_State_Interface state{save, restore};
    static constexpr timbrel::lv2::MidnamInterface midnam{midi_names, midi_model, free_text};
    if (std::strcmp(uri, LV2_STATE__interface) == 0) return &state;
    if (std::strcmp(uri, timbrel::lv2::midnam_interface_uri) == 0) return &midnam;
    return nullptr;
}

constexpr LV2_Descriptor descriptors[] = {
    {timbrel::lv2::morph_uri, instantiate, connect_port, activate, run, nullptr, cleanup, extension_data},
    {timbrel::lv2::morph_cv_uri, instantiate, connect_port, activate, run, nullptr, cleanup, extension_data}};

} // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(uint32_t index) {
    return index < std::size(descriptors) ? &descriptors[index] : nullptr;
}
