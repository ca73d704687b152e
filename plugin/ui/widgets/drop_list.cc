// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/drop_list.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/plane_corners.h"

#include <algorithm>

namespace timbrel::ui {

namespace {

constexpr double line_height = 28, border = 6, gap = 6, narrowest = 230, menu_width = 250, menu_margin = 5;

// The bottom of what the list may cover.
double bottom_of(const Layout& layout, bool plane) {
    return plane ? layout.plane.bottom() : layout.panel_area.bottom();
}

// The menu of a corner, as near to it as the plane allows.
Rect menu_area(const Layout& layout, const Scene& scene, double height) {
    const Rect room = layout.plane.inset(menu_margin);
    const Point corner = corner_point(layout.plane, scene.bank, scene.list.corner);
    const double width = std::min(menu_width, room.width);
    return {std::clamp(corner.x - width / 2, room.x, room.right() - width),
            std::clamp(corner.y - height / 2, room.y, std::max(room.y, room.bottom() - height)), width, height};
}

bool is_current(const Scene& scene, const ListLine& line) {
    return (line.kind == ListLine::Kind::bank && line.value == scene.bank_path) ||
           (line.kind == ListLine::Kind::preset && line.value == scene.preset.uri);
}

void draw_line(cairo_t* cairo, const Rect& row, const ListLine& line, bool current, const Theme& theme) {
    const bool heading = line.kind == ListLine::Kind::heading;
    const double indent = heading ? 8 : 18;
    double width = row.width - indent - 8;
    if (!line.detail.empty()) {
        const double detail_width = std::min(width * 0.45, text_width(cairo, line.detail, 10.5) + 2);
        draw_text(cairo, {row.right() - 8 - detail_width, row.y, detail_width, row.height}, line.detail,
                  {.size = 10.5, .colour = theme.muted_text, .align = Align::right});
        width -= detail_width + 8;
    }
    draw_text(cairo, {row.x + indent, row.y, width, row.height}, line.text,
              {.size = heading ? 10.5 : 12.5,
               .colour = current   ? theme.accent
                         : heading ? theme.muted_text
                                   : theme.text,
               .bold = current});
}

} // namespace

Rect list_button(const Layout& layout, DropList::Kind kind) {
    switch (kind) {
    case DropList::Kind::none:
    case DropList::Kind::corner:
        return {};
    case DropList::Kind::banks:
        return layout.bank_button;
    case DropList::Kind::presets:
        return layout.preset_button;
    case DropList::Kind::random:
        return layout.random_button;
    }
    return {};
}

bool list_covers_plane(const Layout& layout, const Scene& scene) {
    return scene.list.kind == DropList::Kind::banks || scene.list.kind == DropList::Kind::corner || layout.is_stacked();
}

size_t visible_lines(const Layout& layout, const Scene& scene) {
    const double top = scene.list.kind == DropList::Kind::corner ? layout.plane.y + 2 * menu_margin
                                                                 : list_button(layout, scene.list.kind).bottom() + gap;
    const double available = bottom_of(layout, list_covers_plane(layout, scene)) - top - 2 * border;
    return std::min(scene.list.lines.size(), static_cast<size_t>(std::max(1.0, available / line_height)));
}

Rect list_area(const Layout& layout, const Scene& scene) {
    if (scene.list.kind == DropList::Kind::none) return {};
    const double height = line_height * static_cast<double>(visible_lines(layout, scene)) + 2 * border;
    if (scene.list.kind == DropList::Kind::corner) return menu_area(layout, scene, height);
    const Rect button = list_button(layout, scene.list.kind);
    const double width = std::max(button.width, narrowest);
    const double right = scene.list.kind == DropList::Kind::banks ? button.right() : layout.toolbar.right();
    return {std::min(button.x, right - width), button.bottom() + gap, width, height};
}

std::optional<size_t> line_at(const Layout& layout, const Scene& scene, Point point) {
    const Rect area = list_area(layout, scene);
    if (!area.contains(point)) return {};
    const double row = std::max(0.0, (point.y - area.y - border) / line_height);
    const size_t index = scene.list.first + static_cast<size_t>(row);
    if (index >= std::min(scene.list.lines.size(), scene.list.first + visible_lines(layout, scene))) return {};
    return scene.list.lines[index].kind == ListLine::Kind::heading ? std::nullopt : std::optional(index);
}

void draw_list(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const Rect area = list_area(layout, scene);
    fill_rounded_rect(cairo, area, 8, theme.panel);
    stroke_rounded_rect(cairo, area, 8, theme.border);
    const size_t visible = visible_lines(layout, scene), count = scene.list.lines.size();
    for (size_t i = 0; i < visible && scene.list.first + i < count; ++i) {
        const ListLine& line = scene.list.lines[scene.list.first + i];
        const Rect row{area.x + border, area.y + border + line_height * static_cast<double>(i), area.width - 2 * border,
                       line_height};
        if (scene.list.hovered == scene.list.first + i) fill_rounded_rect(cairo, row, 5, theme.knob_track, 0.7);
        draw_line(cairo, row, line, is_current(scene, line), theme);
    }
    if (visible >= count) return;
    const double unit = (area.height - 2 * border) / static_cast<double>(count);
    fill_rounded_rect(cairo,
                      {area.right() - 5, area.y + border + unit * static_cast<double>(scene.list.first), 3,
                       unit * static_cast<double>(visible)},
                      1.5, theme.muted_text, 0.8);
}

} // namespace timbrel::ui
