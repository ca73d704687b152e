// SPDX-License-Identifier: GPL-3.0-or-later
// A preset of Timbrel as Turtle, as any LV2 host reads it. Thread: any; allocates.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace timbrel::lv2 {

// A sound as the window knows it. Paths are absolute; empty for none.
struct PresetSound {
    std::array<float, engine::parameter_count> values{};
    std::string bank, bank_id; // bank_id: see read_bank_id()
    std::string scale, keyboard_map;
    std::vector<uint8_t> gesture; // gesture_bytes(); empty for none
};

// The text of the preset's file.
std::string preset_text(const std::string& plugin_uri, const std::string& name, const PresetSound& sound);

} // namespace timbrel::lv2
