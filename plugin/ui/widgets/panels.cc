// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/panel_plan.h"
#include "plugin/ui/widgets/controls.h"

#include <cctype>
#include <cmath>

namespace timbrel::ui {

namespace {

constexpr double radius = 9;

std::string uppercase(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// The horizontal axis shows square roots of times, so that short ones stay visible next to long ones.
void draw_envelope(cairo_t* cairo, const Rect& area, const Scene& scene, const Theme& theme) {
    const auto time = [&](engine::Parameter parameter) {
        return std::sqrt(scene.value(parameter) / info(parameter).maximum);
    };
    const double attack = time(engine::Parameter::attack), decay = time(engine::Parameter::decay);
    const bool natural = scene.value(engine::Parameter::release_mode) < 0.5f;
    const double release = natural ? 0.25 : time(engine::Parameter::release);
    const double sustain = 1 + scene.value(engine::Parameter::sustain) / 60.0;
    const double sustain_width = 0.5; // a sustain has no duration
    const double unit = area.width / (attack + decay + sustain_width + release);
    const double release_start = area.x + unit * (attack + decay + sustain_width);
    const double low = area.bottom(), high = area.y, sustain_y = low + (high - low) * sustain;
    cairo_move_to(cairo, area.x, low);
    cairo_line_to(cairo, area.x + unit * attack, high);
    cairo_line_to(cairo, area.x + unit * (attack + decay), sustain_y);
    cairo_line_to(cairo, release_start, sustain_y);
    cairo_line_to(cairo, release_start + unit * release, low);
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
    const Rect& area = layout.panel_area;
    if (layout.panels_height <= area.height + 0.5 || layout.panels.empty()) return;
    const double scrolled = area.y - layout.panels.front().area.y;
    const double visible = area.height / layout.panels_height; // fraction of the panels
    fill_rounded_rect(cairo, {area.right() + 1, area.y + scrolled * visible, 3, area.height * visible}, 1.5,
                      theme.muted_text, 0.8);
}

// The page that is shown is underlined.
void draw_page_buttons(cairo_t* cairo, const Layout& layout, const Theme& theme) {
    for (size_t page = 0; page < layout.page_buttons.size(); ++page) {
        const Rect& area = layout.page_buttons[page];
        const bool shown = page == layout.page;
        draw_text(cairo, area, page_titles[page],
                  {.size = 12, .colour = shown ? theme.text : theme.muted_text, .align = Align::centre});
        if (shown) fill_rounded_rect(cairo, {area.x + 6, area.bottom() - 2, area.width - 12, 2}, 1, theme.accent);
    }
}

} // namespace

void draw_panels(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    draw_page_buttons(cairo, layout, theme);
    cairo_save(cairo);
    cairo_rectangle(cairo, layout.panel_area.x, layout.panel_area.y, layout.panel_area.width, layout.panel_area.height);
    cairo_clip(cairo);
    for (const Panel& panel : layout.panels) {
        fill_rounded_rect(cairo, panel.area, radius, theme.panel);
        stroke_rounded_rect(cairo, panel.area, radius, theme.border);
        draw_text(cairo, {panel.area.x + 14, panel.area.y + 5, panel.area.width - 28, 16}, uppercase(panel.title),
                  {.size = 10.5, .colour = theme.muted_text, .spacing = 1.3});
        if (!panel.envelope.empty()) draw_envelope(cairo, panel.envelope, scene, theme);
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
