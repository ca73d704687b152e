// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/controls.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double turn = 2 * std::numbers::pi;
constexpr double left_end = turn * 3 / 8, sweep = turn * 3 / 4;

void arc(cairo_t* cairo, const Rect& circle, double width, double from, double to, const Colour& colour) {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, circle.centre().x, circle.centre().y, (circle.width - width) / 2, from, to);
    cairo_set_line_width(cairo, width);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    set_colour(cairo, colour);
    cairo_stroke(cairo);
}

} // namespace

double knob_angle(double position) { return left_end + sweep * position; }

void draw_knob(cairo_t* cairo, const Control& control, const Layout& layout, const Scene& scene, const Theme& theme) {
    const engine::ParameterInfo& parameter_info = info(control.parameter);
    const Rect& circle = control.circle;
    const float value = scene.value(control.parameter);
    const double position = knob_position(control.parameter, value), width = circle.width * 0.092;
    const bool bipolar =
        parameter_info.minimum < 0 && parameter_info.maximum > 0 && parameter_info.maximum == -parameter_info.minimum;
    const double origin = bipolar ? knob_position(control.parameter, 0) : 0;
    const bool highlighted = scene.dragged == control.parameter || scene.hovered == control.parameter;

    arc(cairo, circle, width, knob_angle(0), knob_angle(1), theme.knob_track);
    if (std::fabs(position - origin) > 0.004)
        arc(cairo, circle, width, knob_angle(std::min(position, origin)), knob_angle(std::max(position, origin)),
            theme.accent);
    if (highlighted) fill_circle(cairo, circle.centre(), circle.width / 2 - width - 3, theme.knob_track, 0.55);
    const double angle = knob_angle(position), dot_radius = circle.width / 2 - width - circle.width * 0.155;
    fill_circle(cairo,
                {circle.centre().x + std::cos(angle) * dot_radius, circle.centre().y + std::sin(angle) * dot_radius},
                circle.width * 0.058, theme.text);

    const double scale = layout.text_scale;
    const Rect& area = control.area;
    const char* const name = parameter_info.name;
    const bool fits = text_width(cairo, name, 11 * scale) <= area.width - 4;
    draw_text(cairo, {area.x + 1, circle.bottom() + 1 * scale, area.width - 2, 14 * scale},
              fits ? name : parameter_info.short_name,
              {.size = 11 * scale, .colour = theme.text, .align = Align::centre});
    draw_text(cairo, {area.x + 1, circle.bottom() + 15 * scale, area.width - 2, 14 * scale},
              format_value(control.parameter, value),
              {.size = 10.5 * scale, .colour = highlighted ? theme.accent : theme.muted_text, .align = Align::centre});
}

} // namespace timbrel::ui
