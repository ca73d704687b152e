// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/plane_corners.h"

#include "plugin/ui/paint/canvas.h"

#include <algorithm>
#include <cmath>

namespace timbrel::ui {

namespace {

constexpr double bar_height = 30, bar_margin = 36, radius = 8;
constexpr double line_height = 20;

Rect bar_area(const Rect& plane) {
    return {plane.x + bar_margin, plane.bottom() - bar_margin - bar_height, plane.width - 2 * bar_margin, bar_height};
}

// The part of the plane that is nearest to a corner.
Rect corner_area(const Rect& plane, const BankPicture& bank, size_t corner) {
    // Corners at the edges have half as much plane as those between.
    const auto range = [](size_t index, size_t count, double start, double length) {
        if (count < 2) return std::pair(start, length);
        const double step = length / static_cast<double>(count - 1);
        const double from = std::max(0.0, (static_cast<double>(index) - 0.5) * step),
                     to = std::min(length, (static_cast<double>(index) + 0.5) * step);
        return std::pair(start + from, to - from);
    };
    const auto [x, width] = range(corner % bank.corner_columns, bank.corner_columns, plane.x, plane.width);
    const auto [y, height] = range(corner / bank.corner_columns, bank.corner_rows, plane.y, plane.height);
    return {x, y, width, height};
}

void draw_hint(cairo_t* cairo, const Rect& plane, const Theme& theme) {
    const char* const lines[] = {"Drop a sound on each corner: a file, or a folder of notes.",
                                 "One sound is enough to begin with.", "A bank (.timbrel) plays at once."};
    double y = plane.y + plane.height / 4 - line_height * 1.5; // the puck is in the middle
    for (const char* const line : lines) {
        draw_text(cairo, {plane.x + 20, y, plane.width - 40, line_height}, line,
                  {.size = 13, .colour = theme.muted_text, .align = Align::centre});
        y += line_height;
    }
}

void draw_drop_corner(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Rect area = corner_area(plane, scene.bank, *scene.drop_corner).inset(6);
    fill_rounded_rect(cairo, area, radius, theme.accent, 0.3);
    stroke_rounded_rect(cairo, area, radius, theme.accent);
    const Rect label{area.x + 10, area.centre().y - 14, area.width - 20, 28};
    fill_rounded_rect(cairo, label, radius, theme.panel, 0.9);
    const bool taken = *scene.drop_corner < scene.slots.size() && !scene.slots[*scene.drop_corner].name.empty();
    draw_text(cairo, label, taken ? "Replace " + scene.slots[*scene.drop_corner].name : "Drop here",
              {.size = 13, .colour = theme.text, .align = Align::centre, .bold = true});
}

// Why sounds cannot be baked, each on its corner.
void draw_refusals(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    for (size_t i = 0; i < scene.slots.size(); ++i) {
        if (scene.slots[i].refusal.empty()) continue;
        constexpr double name_size = 13, text_size = 12;
        const Rect area = corner_area(plane, scene.bank, i).inset(10);
        const auto lines = wrap_text(cairo, scene.slots[i].refusal, text_size, area.width - 20);
        const double height = line_height * static_cast<double>(lines.size() + 1) + 14;
        const Rect box{area.x, area.centre().y - height / 2, area.width, height};
        fill_rounded_rect(cairo, box, radius, theme.panel, 0.95);
        stroke_rounded_rect(cairo, box, radius, theme.record);
        Rect line{box.x + 10, box.y + 6, box.width - 20, line_height};
        draw_text(cairo, line, scene.slots[i].name,
                  {.size = name_size, .colour = theme.text, .align = Align::centre, .bold = true});
        for (const std::string& text : lines) {
            line.y += line_height;
            draw_text(cairo, line, text, {.size = text_size, .colour = theme.text, .align = Align::centre});
        }
    }
}

void draw_bake(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Rect bar = bar_area(plane), stop = stop_baking_area(plane);
    fill_rounded_rect(cairo, bar, radius, theme.panel, 0.95);
    if (scene.bake.done > 0)
        fill_rounded_rect(cairo, {bar.x, bar.y, std::max(2 * radius, bar.width * scene.bake.done), bar.height}, radius,
                          theme.accent, 0.35);
    stroke_rounded_rect(cairo, bar, radius, theme.border);
    draw_text(cairo, {bar.x + 12, bar.y, stop.x - bar.x - 16, bar.height}, bake_text(scene.bake),
              {.size = 13, .colour = theme.text});
    const Point centre = stop.centre();
    constexpr double half = 5;
    for (const double direction : {1.0, -1.0}) {
        cairo_move_to(cairo, centre.x - half, centre.y - half * direction);
        cairo_line_to(cairo, centre.x + half, centre.y + half * direction);
    }
    set_colour(cairo, theme.text);
    cairo_set_line_width(cairo, 1.8);
    cairo_stroke(cairo);
}

} // namespace

void draw_plane_corners(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const bool empty = scene.bank.columns == 0 && !scene.bake.running && scene.message.empty();
    draw_refusals(cairo, plane, scene, theme);
    if (scene.drop_corner)
        draw_drop_corner(cairo, plane, scene, theme);
    else if (empty)
        draw_hint(cairo, plane, theme);
    if (scene.bake.running) draw_bake(cairo, plane, scene, theme);
}

size_t corner_at(const BankPicture& bank, engine::PlanePoint position) {
    const auto column = static_cast<size_t>(std::lround(position.x * static_cast<float>(bank.corner_columns - 1))),
               row = static_cast<size_t>(std::lround((1 - position.y) * static_cast<float>(bank.corner_rows - 1)));
    return row * bank.corner_columns + column;
}

Rect stop_baking_area(const Rect& plane) {
    const Rect bar = bar_area(plane);
    return {bar.right() - bar.height, bar.y, bar.height, bar.height};
}

std::string bake_text(const BakeStatus& bake) {
    if (bake.waiting) return "Waiting for another window's bake";
    if (bake.stage == 0) return "Starting to bake";
    std::string text = bake.stage == 1 ? "Listening to the sounds"
                                       : "Step " + std::to_string(bake.stage) + " of " + std::to_string(bake.stages);
    if (!bake.seconds_left) return text;
    const double seconds = *bake.seconds_left;
    if (seconds < 90) return text + " · " + std::to_string(std::lround(seconds)) + " s left";
    return text + " · " + std::to_string(std::lround(seconds / 60)) + " min left";
}

} // namespace timbrel::ui
