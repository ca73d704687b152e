#include "plugin/ui/widgets/controls.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double turn = 2 * std::numbers::pi;
constexpr double first_angle = turn * 3 / 8, whole_angle = turn * 3 / 4;

void arc(cairo_t* cairo, const Rect& circle, double width, double from, double to, const Colour& colour) {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, circle.centre().x, circle.centre().y, (circle.width - width) / 2, from, to);
    cairo_set_line_width(cairo, width);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    set_colour(cairo, colour);
    cairo_stroke(cairo);
}

} // namespace

double knob_angle(double share) { return first_angle + whole_angle * share; }

void draw_knob(cairo_t* cairo, const Control& control, const Layout& layout, const Scene& scene, const Theme& theme) {
    const engine::ParameterInfo& about = info(control.parameter);
    const Rect& circle = control.circle;
    const float value = scene.value(control.parameter);
    const double share = share_of(control.parameter, value), width = circle.width * 0.092;
    const bool both_ways = about.minimum < 0 && about.maximum > 0 && about.maximum == -about.minimum;
    const double origin = both_ways ? share_of(control.parameter, 0) : 0;
    const bool lively = scene.touched == control.parameter || scene.pointed == control.parameter;

    arc(cairo, circle, width, knob_angle(0), knob_angle(1), theme.track);
    if (std::fabs(share - origin) > 0.004)
        arc(cairo, circle, width, knob_angle(std::min(share, origin)), knob_angle(std::max(share, origin)),
            theme.accent);
    if (lively) fill_disc(cairo, circle.centre(), circle.width / 2 - width - 3, theme.track, 0.55);
    const double angle = knob_angle(share), reach = circle.width / 2 - width - circle.width * 0.155;
    fill_disc(cairo, {circle.centre().x + std::cos(angle) * reach, circle.centre().y + std::sin(angle) * reach},
              circle.width * 0.058, theme.text);

    const double words = layout.text_scale;
    const Rect& area = control.area;
    write(cairo, {area.x + 1, circle.bottom() + 1 * words, area.width - 2, 14 * words}, short_name(control.parameter),
          {.size = 11 * words, .colour = theme.text, .align = Align::centre});
    write(cairo, {area.x + 1, circle.bottom() + 15 * words, area.width - 2, 14 * words},
          value_text(control.parameter, value),
          {.size = 10.5 * words, .colour = lively ? theme.accent : theme.quiet, .align = Align::centre});
}

} // namespace timbrel::ui
