#include "plugin/ui/input/hit_test.h"

#include "plugin/ui/widgets/bank_list.h"

namespace timbrel::ui {

namespace {

Hit hit_panels(const Layout& layout, Point point) {
    for (const Panel& panel : layout.panel_list)
        for (const Control& control : panel.controls) {
            if (!control.area.contains(point)) continue;
            Hit found{Hit::What::control, &control, 0};
            if (control.kind == Control::Kind::choice)
                while (!option_area(control, found.option).contains(point) &&
                       found.option + 1 < info(control.parameter).points.size())
                    ++found.option;
            return found;
        }
    return {Hit::What::panels};
}

} // namespace

Hit hit(const Layout& layout, const Scene& scene, Point point) {
    using What = Hit::What;
    if (scene.choosing && list_area(layout, scene).contains(point)) return {What::list};
    if (layout.plane.contains(point)) return {What::plane};
    if (layout.bank.contains(point)) return {What::bank};
    if (layout.panels.contains(point)) return hit_panels(layout, point);
    if (layout.keyboard.contains(point)) return {What::key};
    if (layout.theme_button.contains(point)) return {What::theme};
    if (layout.zoom_button.contains(point)) return {What::zoom};
    if (layout.keys_button.contains(point)) return {What::keys};
    return {};
}

} // namespace timbrel::ui
