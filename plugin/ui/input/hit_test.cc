// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/hit_test.h"

#include "plugin/ui/widgets/drop_list.h"
#include "plugin/ui/widgets/plane_corners.h"

#include <utility>

namespace timbrel::ui {

namespace {

Hit hit_test_panels(const Layout& layout, Point point) {
    for (const Panel& panel : layout.panels)
        for (const Control& control : panel.controls) {
            if (!control.area.contains(point)) continue;
            Hit hit{Hit::Target::control, &control, 0};
            if (control.kind == Control::Kind::choice)
                while (!option_area(control, hit.option).contains(point) &&
                       hit.option + 1 < info(control.parameter).points.size())
                    ++hit.option;
            return hit;
        }
    return {Hit::Target::panel_area};
}

} // namespace

Hit hit_test(const Layout& layout, const Scene& scene, Point point) {
    using Target = Hit::Target;
    if (list_area(layout, scene).contains(point)) return {Target::list};
    if (scene.bake.running && stop_baking_area(layout.plane).contains(point)) return {Target::stop_baking};
    if (scene.can_bake_again && bake_again_area(layout.plane).contains(point)) return {Target::bake_again};
    if (layout.plane.contains(point)) return {Target::plane};
    if (layout.bank_button.contains(point)) return {Target::bank_button};
    if (layout.panel_area.contains(point)) return hit_test_panels(layout, point);
    for (size_t page = 0; page < layout.page_buttons.size(); ++page)
        if (layout.page_buttons[page].contains(point)) return {Target::page_button, nullptr, page};
    if (layout.keyboard.contains(point)) return {Target::keyboard};
    for (const auto& [area, target] : {std::pair(layout.preset_button, Target::preset_button),
                                       {layout.undo_button, Target::undo_button},
                                       {layout.redo_button, Target::redo_button},
                                       {layout.sides_button, Target::sides_button},
                                       {layout.copy_button, Target::copy_button},
                                       {layout.random_button, Target::random_button},
                                       {layout.init_button, Target::init_button}})
        if (area.contains(point)) return {target};
    if (layout.theme_button.contains(point)) return {Target::theme_button};
    if (layout.zoom_button.contains(point)) return {Target::zoom_button};
    if (layout.keyboard_button.contains(point)) return {Target::keyboard_button};
    return {};
}

} // namespace timbrel::ui
