// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/controls.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double radius = 6;

void draw_button(cairo_t* cairo, const Rect& area, bool on, bool hovered, const Theme& theme) {
    fill_rounded_rect(cairo, area, radius, on ? theme.accent : theme.button);
    if (!on) stroke_rounded_rect(cairo, area, radius, hovered ? theme.muted_text : theme.border);
}

void draw_text_button(cairo_t* cairo, const Rect& area, const std::string& text, bool on, bool hovered,
                      const Theme& theme) {
    draw_button(cairo, area, on, hovered, theme);
    const Colour& off = hovered ? theme.text : theme.muted_text;
    draw_text(cairo, area.inset(3), text, {.size = 11.5, .colour = on ? theme.on_accent : off, .align = Align::centre});
}

void draw_play_icon(cairo_t* cairo, Point centre, const Colour& colour) {
    cairo_move_to(cairo, centre.x - 5, centre.y - 7);
    cairo_line_to(cairo, centre.x + 7, centre.y);
    cairo_line_to(cairo, centre.x - 5, centre.y + 7);
    cairo_close_path(cairo);
    set_colour(cairo, colour);
    cairo_fill(cairo);
}

// Two arrows on a circle.
void draw_loop_icon(cairo_t* cairo, Point centre, const Colour& colour) {
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
    const engine::ParameterInfo& parameter_info = info(control.parameter);
    const float value = scene.value(control.parameter);
    const bool hovered = scene.hovered == control.parameter;
    const Rect& area = control.area;
    switch (control.kind) {
    case Control::Kind::knob:
        return;
    case Control::Kind::choice:
        for (size_t i = 0; i < parameter_info.points.size(); ++i) {
            const Rect option = option_area(control, i);
            draw_text_button(cairo,
                             {option.x + (i > 0 ? 2 : 0), option.y, option.width - (i > 0 ? 2 : 0), option.height},
                             parameter_info.points[i].label, value == parameter_info.points[i].value, hovered, theme);
        }
        return;
    case Control::Kind::toggle:
        return draw_text_button(cairo, area, info(control.parameter).short_name, value > 0.5f, hovered, theme);
    case Control::Kind::record:
        draw_button(cairo, area, false, hovered, theme);
        if (value == 1) fill_rounded_rect(cairo, area, radius, theme.record);
        return fill_circle(cairo, area.centre(), 6, value == 1 ? rgb(0xffffff) : theme.record);
    case Control::Kind::play:
        draw_button(cairo, area, value == 2, hovered, theme);
        return draw_play_icon(cairo, area.centre(), value == 2 ? theme.on_accent : theme.text);
    case Control::Kind::loop:
        draw_button(cairo, area, value > 0.5f, hovered, theme);
        return draw_loop_icon(cairo, area.centre(), value > 0.5f ? theme.on_accent : theme.text);
    }
}

} // namespace timbrel::ui
