#include "plugin/ui/widgets/controls.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double radius = 6;

void draw_face(cairo_t* cairo, const Rect& face, bool on, bool pointed, const Theme& theme) {
    fill_round(cairo, face, radius, on ? theme.accent : theme.well);
    if (!on) outline_round(cairo, face, radius, pointed ? theme.quiet : theme.line);
}

void draw_word(cairo_t* cairo, const Rect& face, const std::string& word, bool on, bool pointed, const Theme& theme) {
    draw_face(cairo, face, on, pointed, theme);
    const Colour& off = pointed ? theme.text : theme.quiet;
    write(cairo, face.inset(3), word, {.size = 11.5, .colour = on ? theme.on_accent : off, .align = Align::centre});
}

void draw_triangle(cairo_t* cairo, Point centre, const Colour& colour) {
    cairo_move_to(cairo, centre.x - 5, centre.y - 7);
    cairo_line_to(cairo, centre.x + 7, centre.y);
    cairo_line_to(cairo, centre.x - 5, centre.y + 7);
    cairo_close_path(cairo);
    set_colour(cairo, colour);
    cairo_fill(cairo);
}

// Two arrows that chase each other.
void draw_loop(cairo_t* cairo, Point centre, const Colour& colour) {
    constexpr double size = 6.5, half = std::numbers::pi;
    set_colour(cairo, colour);
    cairo_set_line_width(cairo, 2);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
    for (const double start : {0.25, half + 0.25}) {
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, centre.x, centre.y, size, start, start + half - 0.8);
        cairo_stroke(cairo);
        const double end = start + half - 0.7;
        const Point tip{centre.x + size * std::cos(end), centre.y + size * std::sin(end)};
        const Point ahead{-std::sin(end), std::cos(end)}, out{std::cos(end), std::sin(end)};
        cairo_move_to(cairo, tip.x + ahead.x * 4, tip.y + ahead.y * 4);
        cairo_line_to(cairo, tip.x + out.x * 3.6 - ahead.x, tip.y + out.y * 3.6 - ahead.y);
        cairo_line_to(cairo, tip.x - out.x * 3.6 - ahead.x, tip.y - out.y * 3.6 - ahead.y);
        cairo_close_path(cairo);
        cairo_fill(cairo);
    }
}

} // namespace

void draw_buttons(cairo_t* cairo, const Control& control, const Scene& scene, const Theme& theme) {
    const engine::ParameterInfo& about = info(control.parameter);
    const float value = scene.value(control.parameter);
    const bool pointed = scene.pointed == control.parameter;
    const Rect& area = control.area;
    switch (control.kind) {
    case Control::Kind::knob:
        return;
    case Control::Kind::choice:
        for (size_t i = 0; i < about.points.size(); ++i) {
            const Rect option = option_area(control, i);
            draw_word(cairo, {option.x + (i > 0 ? 2 : 0), option.y, option.width - (i > 0 ? 2 : 0), option.height},
                      about.points[i].label, value == about.points[i].value, pointed, theme);
        }
        return;
    case Control::Kind::toggle:
        return draw_word(cairo, area, short_name(control.parameter), value > 0.5f, pointed, theme);
    case Control::Kind::record:
        draw_face(cairo, area, false, pointed, theme);
        if (value == 1) fill_round(cairo, area, radius, theme.record);
        return fill_disc(cairo, area.centre(), 6, value == 1 ? rgb(0xffffff) : theme.record);
    case Control::Kind::play:
        draw_face(cairo, area, value == 2, pointed, theme);
        return draw_triangle(cairo, area.centre(), value == 2 ? theme.on_accent : theme.text);
    case Control::Kind::loop:
        draw_face(cairo, area, value > 0.5f, pointed, theme);
        return draw_loop(cairo, area.centre(), value > 0.5f ? theme.on_accent : theme.text);
    }
}

} // namespace timbrel::ui
