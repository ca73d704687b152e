// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/tuning_files.h"

#include "plugin/engine/midi/scala.h"
#include "plugin/lv2/shared/ports.h"

#include <filesystem>

namespace timbrel::host {

void check_tuning_files(const TuningFiles& tuning) {
    if (!tuning.scale.empty()) engine::read_scala(tuning.scale, tuning.map);
}

void send_tuning_files(const TuningFiles& tuning, Instance& instance) {
    if (tuning.scale.empty()) return;
    const std::string map = tuning.map.empty() ? std::string() : std::filesystem::absolute(tuning.map).string();
    instance.send_path(lv2::keyboard_map_property, map);
    instance.send_path(lv2::tuning_property, std::filesystem::absolute(tuning.scale).string());
}

} // namespace timbrel::host
