// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/plane_corners.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/plane.h"
#include "plugin/ui/widgets/toolbar.h"

#include <algorithm>
#include <cmath>

namespace timbrel::ui {

namespace {

constexpr double bar_height = 30, bar_margin = 36, radius = 8;
constexpr double line_height = 20;
constexpr double menu_reach = 0.22; // of the distance between corners

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

const char* edit_title(NameEdit::Purpose purpose) {
    switch (purpose) {
    case NameEdit::Purpose::corner_gain:
        return "Gain, −24 to 12 dB";
    case NameEdit::Purpose::corner_tune:
        return "Tune, −100 to 100 cents";
    default:
        return "Name of the corner";
    }
}

void draw_edit(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Rect area = corner_area(plane, scene.bank, scene.name_edit->corner).inset(10);
    constexpr double field_height = 30, padding = 10;
    const double width = std::min(area.width, 240.0), height = line_height + field_height + 2 * padding;
    const Rect box{area.centre().x - width / 2, area.centre().y - height / 2, width, height};
    fill_rounded_rect(cairo, box, radius, theme.panel);
    stroke_rounded_rect(cairo, box, radius, theme.border);
    draw_text(cairo, {box.x + padding, box.y + padding - 4, box.width - 2 * padding, line_height},
              edit_title(scene.name_edit->purpose), {.size = 12, .colour = theme.muted_text});
    draw_text_field(cairo,
                    {box.x + padding, box.bottom() - padding - field_height, box.width - 2 * padding, field_height},
                    scene.name_edit->text, "Enter confirms, Escape leaves", theme);
}

// The lines of a report, wrapped.
std::vector<std::string> report_lines(cairo_t* cairo, const CornerSlot& slot, double size, double width) {
    std::vector<std::string> texts;
    if (!slot.refusal.empty()) texts.push_back(slot.refusal);
    if (!slot.report)
        texts.emplace_back("Nothing is known: this window has not baked this bank.");
    else if (slot.report->empty() && texts.empty())
        texts.emplace_back("Nothing unusual.");
    else
        texts.insert(texts.end(), slot.report->begin(), slot.report->end());
    std::vector<std::string> lines;
    for (const std::string& text : texts)
        for (const std::string& line : wrap_text(cairo, (texts.size() > 1 ? "· " : "") + text, size, width))
            lines.push_back(line);
    return lines;
}

void draw_report(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    if (*scene.report_corner >= scene.slots.size()) return;
    constexpr double size = 12.5, padding = 14, margin = 20;
    const CornerSlot& slot = scene.slots[*scene.report_corner];
    const Rect room = plane.inset(margin);
    auto lines = report_lines(cairo, slot, size, room.width - 2 * padding);
    const auto most = static_cast<size_t>(std::max(1.0, (room.height - 2 * padding) / line_height - 2));
    if (lines.size() > most) {
        lines.resize(most);
        lines.back() = "…";
    }
    const double height = line_height * static_cast<double>(lines.size() + 2) + 2 * padding;
    const Rect box{room.x, plane.centre().y - height / 2, room.width, height};
    fill_rounded_rect(cairo, box, radius, theme.panel, 0.97);
    stroke_rounded_rect(cairo, box, radius, theme.border);
    Rect line{box.x + padding, box.y + padding, box.width - 2 * padding, line_height};
    draw_text(cairo, line, slot.name, {.size = 14, .colour = theme.text, .bold = true});
    line.y += line_height;
    draw_text(cairo, line, slot.source, {.size = 11, .colour = theme.muted_text});
    for (const std::string& text : lines) {
        line.y += line_height;
        draw_text(cairo, line, text, {.size = size, .colour = theme.text});
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

void draw_bake_again(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Rect button = bake_again_area(plane);
    std::string text = "Bake it again from ";
    for (size_t i = 0; i < scene.slots.size(); ++i) text += (i > 0 ? ", " : "") + scene.slots[i].name;
    fill_rounded_rect(cairo, button, radius, theme.accent);
    draw_text(cairo, button.inset(6), text,
              {.size = 13, .colour = theme.on_accent, .align = Align::centre, .bold = true});
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
    if (scene.can_bake_again) draw_bake_again(cairo, plane, scene, theme);
    if (scene.name_edit && scene.name_edit->is_of_corner()) draw_edit(cairo, plane, scene, theme);
    if (scene.report_corner) draw_report(cairo, plane, scene, theme);
}

Point corner_point(const Rect& plane, const BankPicture& bank, size_t corner) {
    const auto along = [](size_t index, size_t count) {
        return count > 1 ? static_cast<float>(index) / static_cast<float>(count - 1) : 0.5f;
    };
    return plane_to_window(plane, {along(corner % bank.corner_columns, bank.corner_columns),
                                   1 - along(corner / bank.corner_columns, bank.corner_rows)});
}

std::optional<size_t> corner_near(const Rect& plane, const BankPicture& bank, Point point) {
    const size_t steps = std::max<size_t>(2, std::max(bank.corner_columns, bank.corner_rows)) - 1;
    const double reach = menu_reach * plane.width / static_cast<double>(steps);
    const size_t corner = corner_at(bank, window_to_plane(plane, point));
    const Point at = corner_point(plane, bank, corner);
    if (std::hypot(point.x - at.x, point.y - at.y) > reach) return {};
    return corner;
}

size_t corner_at(const BankPicture& bank, engine::PlanePoint position) {
    const auto column = static_cast<size_t>(std::lround(position.x * static_cast<float>(bank.corner_columns - 1))),
               row = static_cast<size_t>(std::lround((1 - position.y) * static_cast<float>(bank.corner_rows - 1)));
    return row * bank.corner_columns + column;
}

Rect bake_again_area(const Rect& plane) { return bar_area(plane); }

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
