// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/drawing.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/controls.h"
#include "plugin/ui/widgets/drop_list.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "plugin/ui/widgets/status_line.h"
#include "plugin/ui/widgets/toolbar.h"

namespace timbrel::ui {

namespace {

void draw_header(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    draw_text(cairo, layout.logo, "timbrel", {.size = 19, .colour = theme.text, .bold = true});
    const Rect& box = layout.bank_button;
    fill_rounded_rect(cairo, box, 7, theme.panel);
    stroke_rounded_rect(cairo, box, 7, scene.list.kind == DropList::Kind::banks ? theme.accent : theme.border);
    const bool has_bank = scene.bank.columns > 0;
    std::string details;
    if (has_bank)
        details = std::to_string(scene.bank.columns) + " × " + std::to_string(scene.bank.rows) + " · " +
                  std::to_string(scene.bank.sample_rate / 1000) + " kHz";
    const double details_width = has_bank && box.width > 240 ? 110 : 0;
    draw_text(cairo, {box.x + 14, box.y, box.width - details_width - 48, box.height},
              has_bank ? scene.bank.name : "Choose a bank",
              {.size = 13, .colour = has_bank ? theme.text : theme.muted_text});
    if (details_width > 0)
        draw_text(cairo, {box.right() - 34 - details_width, box.y, details_width, box.height}, details,
                  {.size = 10.5, .colour = theme.muted_text, .align = Align::right});
    draw_list_arrow(cairo, box, theme);
}

void draw_message(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    constexpr double font_size = 13, line_height = 20, margin = 24;
    const double width = layout.plane.width - 2 * margin - 24;
    const std::vector<std::string> lines = wrap_text(cairo, scene.message, font_size, width);
    const double height = line_height * static_cast<double>(lines.size()) + 24;
    const Rect box{layout.plane.x + margin, layout.plane.centre().y - height / 2, layout.plane.width - 2 * margin,
                   height};
    fill_rounded_rect(cairo, box, 9, theme.panel, 0.95);
    stroke_rounded_rect(cairo, box, 9, theme.record);
    for (size_t i = 0; i < lines.size(); ++i)
        draw_text(cairo, {box.x + 12, box.y + 12 + line_height * static_cast<double>(i), width, line_height}, lines[i],
                  {.size = font_size, .colour = theme.text, .align = Align::centre});
}

void draw_plane(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme,
                PlaneBackground& background) {
    background.draw(cairo, layout.plane, scene, theme);
    draw_plane_overlay(cairo, layout.plane, scene, theme);
    draw_plane_corners(cairo, layout.plane, scene, theme);
    if (!scene.message.empty()) draw_message(cairo, layout, scene, theme);
    if (scene.list.kind != DropList::Kind::none && list_covers_plane(layout, scene))
        draw_list(cairo, layout, scene, theme);
}

void draw_controls(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    draw_panels(cairo, layout, scene, theme);
    if (scene.list.kind != DropList::Kind::none && !list_covers_plane(layout, scene))
        draw_list(cairo, layout, scene, theme);
}

} // namespace

Rect region_area(const Layout& layout, Region region) {
    const bool stacked = layout.is_stacked();
    const double right = stacked ? layout.width : layout.panel_area.x - 4;
    const double header_bottom = stacked ? layout.toolbar.y - 5 : layout.plane.y - 5;
    const double panels_top = layout.page_buttons.front().y - 4;
    switch (region) {
    case Region::header:
        return {0, 0, right, header_bottom};
    case Region::toolbar:
        if (stacked) return {0, header_bottom, right, layout.plane.y - 5 - header_bottom};
        return {right, 0, layout.width - right, panels_top};
    case Region::plane:
        // Includes the gap below the header, where the bank list begins.
        return {0, layout.plane.y - 5, right, layout.plane.height + 9};
    case Region::panels:
        return {layout.panel_area.x - 4, panels_top, layout.panel_area.width + 8,
                layout.panel_area.bottom() + 4 - panels_top};
    case Region::keyboard:
        return {layout.keyboard.x - 4, layout.keyboard.y - 4, layout.keyboard.width + 8, layout.keyboard.height + 6};
    case Region::status:
        return {0, layout.status.y + 2, layout.width, layout.height - layout.status.y - 2};
    case Region::count:
        break;
    }
    return {};
}

void draw_region(cairo_t* cairo, Region region, const Layout& layout, const Scene& scene, PlaneBackground& background) {
    const Theme& colours = theme(scene.dark);
    const Rect area = region_area(layout, region);
    cairo_save(cairo);
    cairo_rectangle(cairo, area.x, area.y, area.width, area.height);
    cairo_clip(cairo);
    set_colour(cairo, colours.background);
    cairo_paint(cairo);
    switch (region) {
    case Region::header:
        draw_header(cairo, layout, scene, colours);
        break;
    case Region::toolbar:
        draw_toolbar(cairo, layout, scene, colours);
        break;
    case Region::plane:
        draw_plane(cairo, layout, scene, colours, background);
        break;
    case Region::panels:
        draw_controls(cairo, layout, scene, colours);
        break;
    case Region::keyboard:
        draw_keyboard(cairo, layout, scene, colours);
        break;
    case Region::status:
        draw_status_line(cairo, layout, scene, colours);
        break;
    case Region::count:
        break;
    }
    cairo_restore(cairo);
}

void draw_window(cairo_t* cairo, const Layout& layout, const Scene& scene, PlaneBackground& background) {
    set_colour(cairo, theme(scene.dark).background);
    cairo_paint(cairo);
    for (const Region region : all_regions) draw_region(cairo, region, layout, scene, background);
}

} // namespace timbrel::ui
