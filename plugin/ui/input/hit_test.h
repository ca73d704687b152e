// SPDX-License-Identifier: GPL-3.0-or-later
// What is under a point of the window. Threads: any; pure.
#pragma once

#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cstddef>

namespace timbrel::ui {

struct Hit {
    enum class Target {
        none,
        plane,
        stop_baking,
        bake_again,
        control,
        panel_area, // between the controls
        page_button,
        bank_button,
        list,
        preset_button,
        undo_button,
        redo_button,
        sides_button,
        copy_button,
        random_button,
        init_button,
        keyboard,
        theme_button,
        zoom_button,
        keyboard_button
    };
    Target target = Target::none;
    const Control* control = nullptr; // owned by the layout; for Target::control only
    size_t option = 0;                // scale point of a choice, or a page
};

Hit hit_test(const Layout& layout, const Scene& scene, Point point);

} // namespace timbrel::ui
