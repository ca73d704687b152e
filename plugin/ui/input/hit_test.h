// What lies under a point of the window.
#pragma once

#include "plugin/ui/scene/layout.h"
#include "plugin/ui/scene/scene.h"

#include <cstddef>

namespace timbrel::ui {

struct Hit {
    enum class What { nothing, plane, control, panels, bank, list, key, theme, zoom, keys };
    What what = What::nothing;
    const Control* control = nullptr; // the layout's
    size_t option = 0;                // of a choice
};

Hit hit(const Layout& layout, const Scene& scene, Point point);

} // namespace timbrel::ui
