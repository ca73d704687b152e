// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/toolbar.h"

#include "plugin/ui/paint/canvas.h"

#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double radius = 7, faint = 0.35, font_size = 13;

void draw_button(cairo_t* cairo, const Rect& box, bool open, const Theme& theme) {
    fill_rounded_rect(cairo, box, radius, theme.panel);
    stroke_rounded_rect(cairo, box, radius, open ? theme.accent : theme.border);
}

// An arrow along an arc, to the left for undo.
void draw_turn(cairo_t* cairo, const Rect& box, bool left, bool enabled, const Theme& theme) {
    constexpr double size = 5.5, pi = std::numbers::pi;
    draw_button(cairo, box, false, theme);
    cairo_save(cairo);
    cairo_translate(cairo, box.centre().x, box.centre().y + 1);
    if (!left) cairo_scale(cairo, -1, 1);
    set_colour(cairo, theme.text, enabled ? 1 : faint);
    cairo_set_line_width(cairo, 1.8);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, 0, 0, size, -pi * 0.8, pi * 0.55);
    cairo_stroke(cairo);
    const double x = size * -0.81, y = size * -0.59;
    cairo_move_to(cairo, x - 3.6, y - 3.2);
    cairo_line_to(cairo, x - 1.6, y + 4.4);
    cairo_line_to(cairo, x + 4.2, y + 0.4);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    cairo_restore(cairo);
}

void draw_sides(cairo_t* cairo, const Rect& box, const Scene& scene, const Theme& theme) {
    draw_button(cairo, box, false, theme);
    for (const bool second : {false, true}) {
        const Rect half{box.x + (second ? box.width / 2 : 0), box.y, box.width / 2, box.height};
        const bool on = scene.sides.second == second;
        if (on) fill_rounded_rect(cairo, half.inset(2), radius - 2, theme.accent);
        draw_text(
            cairo, half, second ? "B" : "A",
            {.size = 12, .colour = on ? theme.on_accent : theme.muted_text, .align = Align::centre, .bold = true});
    }
}

// The face of a die with five points.
void draw_random(cairo_t* cairo, const Rect& box, bool open, const Theme& theme) {
    draw_button(cairo, box, open, theme);
    const Point centre = box.centre();
    const Rect face{centre.x - 8, centre.y - 8, 16, 16};
    stroke_rounded_rect(cairo, face, 3.5, theme.text);
    constexpr double away = 3.9;
    for (const double x : {-away, away})
        for (const double y : {-away, away}) fill_circle(cairo, {centre.x + x, centre.y + y}, 1.4, theme.text);
    fill_circle(cairo, centre, 1.4, theme.text);
}

void draw_preset(cairo_t* cairo, const Rect& box, const Scene& scene, const Theme& theme) {
    if (scene.name_edit && !scene.name_edit->is_of_corner())
        return draw_text_field(cairo, box, scene.name_edit->text, "Name, then Enter", theme);
    draw_button(cairo, box, scene.list.kind == DropList::Kind::presets, theme);
    const bool named = !scene.preset.name.empty(), changed = named && scene.preset_changed();
    const Rect line{box.x + 12, box.y, box.width - 46 - (changed ? 14 : 0), box.height};
    const std::string name = named ? scene.preset.name : "Presets";
    draw_text(cairo, line, name, {.size = font_size, .colour = named ? theme.text : theme.muted_text});
    if (changed) {
        const double end = std::min(line.width, text_width(cairo, name, font_size));
        fill_circle(cairo, {line.x + end + 9, box.centre().y}, 3.2, theme.accent);
    }
    draw_list_arrow(cairo, box, theme);
}

} // namespace

void draw_text_field(cairo_t* cairo, const Rect& box, const std::string& text, const char* advice, const Theme& theme) {
    draw_button(cairo, box, true, theme);
    const Rect line{box.x + 12, box.y, box.width - 24, box.height};
    if (text.empty())
        draw_text(cairo, line, advice, {.size = font_size, .colour = theme.muted_text});
    else
        draw_text(cairo, line, text, {.size = font_size, .colour = theme.text});
    const double end = std::min(line.width, text_width(cairo, text, font_size));
    fill_rounded_rect(cairo, {line.x + end + 1, box.y + 6, 1.5, box.height - 12}, 0.5, theme.accent);
}

void draw_list_arrow(cairo_t* cairo, const Rect& box, const Theme& theme) {
    const Point tip{box.right() - 18, box.centre().y + 2.5};
    cairo_move_to(cairo, tip.x - 5, tip.y - 5);
    cairo_line_to(cairo, tip.x, tip.y);
    cairo_line_to(cairo, tip.x + 5, tip.y - 5);
    set_colour(cairo, theme.muted_text);
    cairo_set_line_width(cairo, 1.6);
    cairo_stroke(cairo);
}

void draw_toolbar(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    draw_preset(cairo, layout.preset_button, scene, theme);
    draw_turn(cairo, layout.undo_button, true, !scene.undo_name.empty(), theme);
    draw_turn(cairo, layout.redo_button, false, !scene.redo_name.empty(), theme);
    draw_sides(cairo, layout.sides_button, scene, theme);
    const bool second = scene.sides.second;
    const TextStyle label{.size = 12, .colour = theme.text, .align = Align::centre};
    draw_button(cairo, layout.copy_button, false, theme);
    draw_text(cairo, layout.copy_button, second ? "B→A" : "A→B", label);
    draw_random(cairo, layout.random_button, scene.list.kind == DropList::Kind::random, theme);
    draw_button(cairo, layout.init_button, false, theme);
    draw_text(cairo, layout.init_button, "Init", label);
}

std::string toolbar_hint(const Layout& layout, const Scene& scene, Point point) {
    if (layout.preset_button.contains(point))
        return scene.preset_changed() ? "Presets; the point marks that something was changed since."
                                      : "Presets: load, save, rename, delete.";
    if (layout.undo_button.contains(point))
        return scene.undo_name.empty() ? "Nothing to undo." : "Undo: " + scene.undo_name + " (Ctrl+Z)";
    if (layout.redo_button.contains(point))
        return scene.redo_name.empty() ? "Nothing to do again." : "Do again: " + scene.redo_name + " (Ctrl+Shift+Z)";
    if (layout.sides_button.contains(point)) return "Two sounds to compare; a click changes to the other one.";
    if (layout.copy_button.contains(point)) return "Copies the sound to the other side.";
    if (layout.random_button.contains(point)) return "Random values, for all panels, one panel or the position.";
    if (layout.init_button.contains(point)) return "Sets all knobs and switches to their initial values.";
    return {};
}

} // namespace timbrel::ui
