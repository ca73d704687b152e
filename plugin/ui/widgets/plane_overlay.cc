// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double puck_radius = 10, halo_radius = 20, ring_radius = 6;
constexpr float min_note_distance = 0.006f; // from the puck; nearer notes are hidden by it

void draw_trail(cairo_t* cairo, const Rect& plane, const Scene& scene) {
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    for (size_t i = 1; i < scene.trail.size(); ++i) {
        const double freshness = 1 - (scene.now - scene.trail[i].time) / trail_seconds;
        if (freshness <= 0) continue;
        const Point from = plane_to_window(plane, scene.trail[i - 1].position),
                    to = plane_to_window(plane, scene.trail[i].position);
        cairo_move_to(cairo, from.x, from.y);
        cairo_line_to(cairo, to.x, to.y);
        cairo_set_line_width(cairo, 1 + 4 * freshness);
        set_colour(cairo, rgb(0xffffff), 0.6 * freshness * freshness);
        cairo_stroke(cairo);
    }
}

void draw_gesture(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    if (scene.gesture.size() < 2) return;
    for (const engine::PlanePoint& position : scene.gesture) {
        const Point point = plane_to_window(plane, position);
        cairo_line_to(cairo, point.x, point.y);
    }
    constexpr double dashes[] = {2, 5};
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_set_line_width(cairo, 2);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    const bool plays = scene.value(engine::Parameter::gesture) == 2;
    set_colour(cairo, plays ? theme.accent : theme.plane_mark, plays ? 0.9 : 0.5);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, nullptr, 0, 0);
}

void draw_notes(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    for (const NoteMarker& note : scene.notes) {
        if (std::hypot(note.position.x - scene.position.x, note.position.y - scene.position.y) < min_note_distance)
            continue;
        const Point at = plane_to_window(plane, note.position);
        fill_circle(cairo, at, ring_radius, theme.plane_mark, 0.14);
        cairo_arc(cairo, at.x, at.y, ring_radius, 0, 2 * std::numbers::pi);
        set_colour(cairo, theme.plane_mark);
        cairo_set_line_width(cairo, 2);
        cairo_stroke(cairo);
        constexpr double label_width = 30;
        const bool left = at.x + ring_radius + label_width > plane.right() - 4;
        const double x = left ? at.x - ring_radius - 5 - label_width : at.x + ring_radius + 5;
        draw_text(cairo, {x, at.y - 7, label_width, 14}, key_name(note.key),
                  {.size = 11, .colour = theme.plane_mark, .align = left ? Align::right : Align::left, .bold = true});
    }
}

void draw_drag_ring(cairo_t* cairo, const Rect& plane, const Scene& scene) {
    if (!scene.drag_position) return;
    const Point at = plane_to_window(plane, *scene.drag_position);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, at.x, at.y, halo_radius + 5, 0, 2 * std::numbers::pi);
    set_colour(cairo, rgb(0xffffff), 0.7);
    cairo_set_line_width(cairo, 1.5);
    cairo_stroke(cairo);
}

void draw_puck(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Point at = plane_to_window(plane, scene.position);
    fill_circle(cairo, at, halo_radius, rgb(0xffffff), theme.dark ? 0.22 : 0.45);
    fill_circle(cairo, at, puck_radius + 2, rgb(0xffffff));
    fill_circle(cairo, at, puck_radius, theme.accent);
}

} // namespace

void draw_plane_overlay(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    cairo_save(cairo);
    cairo_rectangle(cairo, plane.x, plane.y, plane.width, plane.height);
    cairo_clip(cairo);
    draw_gesture(cairo, plane, scene, theme);
    draw_trail(cairo, plane, scene);
    draw_notes(cairo, plane, scene, theme);
    draw_drag_ring(cairo, plane, scene);
    draw_puck(cairo, plane, scene, theme);
    cairo_restore(cairo);
}

} // namespace timbrel::ui
