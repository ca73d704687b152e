// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/scene/scene.h"

#include "plugin/ui/scene/value.h"

#include <algorithm>

namespace timbrel::ui {

bool Scene::preset_changed() const {
    const bool other_values = std::any_of(preset.values.begin(), preset.values.end(), [&](const auto& saved) {
        return !same_value(saved.first, saved.second, value(saved.first));
    });
    if (other_values || !preset.files) return other_values;
    return !same_gesture(*preset.files, {{}, {}, {}, {}, gesture_bytes}) || preset.files->bank != bank_path ||
           preset.files->scale != scale || preset.files->keyboard_map != keyboard_map;
}

} // namespace timbrel::ui
