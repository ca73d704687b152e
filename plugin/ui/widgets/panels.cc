#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/controls.h"

#include <cctype>
#include <cmath>

namespace timbrel::ui {

namespace {

constexpr double radius = 9;

std::string capitals(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// Times are drawn as their square roots, so that short ones are seen beside long ones.
void draw_curve(cairo_t* cairo, const Rect& area, const Scene& scene, const Theme& theme) {
    const auto time = [&](engine::Parameter parameter) {
        return std::sqrt(scene.value(parameter) / info(parameter).maximum);
    };
    const double attack = time(engine::Parameter::attack), decay = time(engine::Parameter::decay);
    const bool natural = scene.value(engine::Parameter::release_mode) < 0.5f;
    const double release = natural ? 0.25 : time(engine::Parameter::release);
    const double sustain = 1 + scene.value(engine::Parameter::sustain) / 60.0;
    const double held_share = 0.5;
    const double unit = area.width / (attack + decay + held_share + release);
    const double held = area.x + unit * (attack + decay + held_share);
    const double low = area.bottom(), high = area.y, middle = low + (high - low) * sustain;
    cairo_move_to(cairo, area.x, low);
    cairo_line_to(cairo, area.x + unit * attack, high);
    cairo_line_to(cairo, area.x + unit * (attack + decay), middle);
    cairo_line_to(cairo, held, middle);
    cairo_line_to(cairo, held + unit * release, low);
    cairo_path_t* const line = cairo_copy_path(cairo);
    cairo_close_path(cairo);
    set_colour(cairo, theme.accent, 0.10);
    cairo_fill(cairo);
    cairo_append_path(cairo, line);
    cairo_path_destroy(line);
    set_colour(cairo, theme.accent);
    cairo_set_line_width(cairo, 1.8);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cairo);
}

void draw_scroll_bar(cairo_t* cairo, const Layout& layout, const Theme& theme) {
    const Rect& room = layout.panels;
    if (layout.panels_height <= room.height + 0.5 || layout.panel_list.empty()) return;
    const double scrolled = room.y - layout.panel_list.front().area.y;
    const double share = room.height / layout.panels_height;
    fill_round(cairo, {room.right() + 1, room.y + scrolled * share, 3, room.height * share}, 1.5, theme.quiet, 0.8);
}

} // namespace

void draw_panels(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    cairo_save(cairo);
    cairo_rectangle(cairo, layout.panels.x, layout.panels.y, layout.panels.width, layout.panels.height);
    cairo_clip(cairo);
    for (const Panel& panel : layout.panel_list) {
        fill_round(cairo, panel.area, radius, theme.panel);
        outline_round(cairo, panel.area, radius, theme.line);
        write(cairo, {panel.area.x + 14, panel.area.y + 6, panel.area.width - 28, 16}, capitals(panel.title),
              {.size = 10.5, .colour = theme.quiet, .spacing = 1.3});
        if (!panel.curve.empty()) draw_curve(cairo, panel.curve, scene, theme);
        for (const Control& control : panel.controls)
            if (control.kind == Control::Kind::knob)
                draw_knob(cairo, control, layout, scene, theme);
            else
                draw_buttons(cairo, control, scene, theme);
    }
    cairo_restore(cairo);
    draw_scroll_bar(cairo, layout, theme);
}

} // namespace timbrel::ui
