#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double puck_radius = 10, halo_radius = 20, ring_radius = 6;
constexpr float apart = 0.006f; // from the puck, for a note to be shown on its own

void draw_trail(cairo_t* cairo, const Rect& plane, const Scene& scene) {
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    for (size_t i = 1; i < scene.trail.size(); ++i) {
        const double fresh = 1 - (scene.now - scene.trail[i].time) / trail_seconds;
        if (fresh <= 0) continue;
        const Point from = point_of(plane, scene.trail[i - 1].place), to = point_of(plane, scene.trail[i].place);
        cairo_move_to(cairo, from.x, from.y);
        cairo_line_to(cairo, to.x, to.y);
        cairo_set_line_width(cairo, 1 + 4 * fresh);
        set_colour(cairo, rgb(0xffffff), 0.6 * fresh * fresh);
        cairo_stroke(cairo);
    }
}

void draw_gesture(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    if (scene.gesture.size() < 2) return;
    for (const engine::PlanePoint& place : scene.gesture) {
        const Point point = point_of(plane, place);
        cairo_line_to(cairo, point.x, point.y);
    }
    constexpr double dashes[] = {2, 5};
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_set_line_width(cairo, 2);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    const bool plays = scene.value(engine::Parameter::gesture) == 2;
    set_colour(cairo, plays ? theme.accent : theme.mark, plays ? 0.9 : 0.5);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, nullptr, 0, 0);
}

void draw_notes(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    for (const NotePuck& note : scene.notes) {
        if (std::hypot(note.place.x - scene.place.x, note.place.y - scene.place.y) < apart) continue;
        const Point at = point_of(plane, note.place);
        fill_disc(cairo, at, ring_radius, theme.mark, 0.14);
        cairo_arc(cairo, at.x, at.y, ring_radius, 0, 2 * std::numbers::pi);
        set_colour(cairo, theme.mark);
        cairo_set_line_width(cairo, 2);
        cairo_stroke(cairo);
        constexpr double words = 30;
        const bool left = at.x + ring_radius + words > plane.right() - 4;
        const double x = left ? at.x - ring_radius - 5 - words : at.x + ring_radius + 5;
        write(cairo, {x, at.y - 7, words, 14}, key_name(note.key),
              {.size = 11, .colour = theme.mark, .align = left ? Align::right : Align::left, .bold = true});
    }
}

void draw_finger(cairo_t* cairo, const Rect& plane, const Scene& scene) {
    if (!scene.finger) return;
    const Point at = point_of(plane, *scene.finger);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, at.x, at.y, halo_radius + 5, 0, 2 * std::numbers::pi);
    set_colour(cairo, rgb(0xffffff), 0.7);
    cairo_set_line_width(cairo, 1.5);
    cairo_stroke(cairo);
}

void draw_puck(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    const Point at = point_of(plane, scene.place);
    fill_disc(cairo, at, halo_radius, rgb(0xffffff), theme.dark ? 0.22 : 0.45);
    fill_disc(cairo, at, puck_radius + 2, rgb(0xffffff));
    fill_disc(cairo, at, puck_radius, theme.accent);
}

} // namespace

void draw_playing(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    cairo_save(cairo);
    cairo_rectangle(cairo, plane.x, plane.y, plane.width, plane.height);
    cairo_clip(cairo);
    draw_gesture(cairo, plane, scene, theme);
    draw_trail(cairo, plane, scene);
    draw_notes(cairo, plane, scene, theme);
    draw_finger(cairo, plane, scene);
    draw_puck(cairo, plane, scene, theme);
    cairo_restore(cairo);
}

} // namespace timbrel::ui
