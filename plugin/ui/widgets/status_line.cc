// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/status_line.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double font_size = 11;

// A circle with its right half filled.
void draw_theme_button(cairo_t* cairo, const Rect& area, const Theme& theme) {
    const Point centre = area.centre();
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, centre.x, centre.y, 6, 0, 2 * std::numbers::pi);
    set_colour(cairo, theme.muted_text);
    cairo_set_line_width(cairo, 1.4);
    cairo_stroke(cairo);
    cairo_arc(cairo, centre.x, centre.y, 6, -std::numbers::pi / 2, std::numbers::pi / 2);
    cairo_fill(cairo);
}

// A computer keyboard.
void draw_keyboard_button(cairo_t* cairo, const Rect& area, const Scene& scene, const Theme& theme) {
    const Colour& colour = scene.computer_keyboard ? theme.accent : theme.muted_text;
    const Rect icon{area.centre().x - 10, area.centre().y - 6.5, 20, 13};
    stroke_rounded_rect(cairo, icon, 3, colour);
    for (int i = 0; i < 4; ++i) fill_circle(cairo, {icon.x + 4 + 4 * i, icon.y + 4.5}, 1, colour);
    set_colour(cairo, colour);
    cairo_rectangle(cairo, icon.x + 5.5, icon.y + 8, 9, 1.5);
    cairo_fill(cairo);
}

std::string position_text(const Scene& scene) {
    return "X " + format_number(scene.position.x, 2) + "   Y " + format_number(scene.position.y, 2);
}

// Of what is under the pointer; empty for nothing.
std::string explanation(const Scene& scene) { return scene.hovered ? info(*scene.hovered).comment : scene.hint; }

} // namespace

std::string status_text(const Scene& scene) {
    const UiStatus& status = scene.status;
    if (status.sample_rate <= 0) return "";
    const int polyphony = static_cast<int>(scene.value(engine::Parameter::polyphony));
    std::string text = std::to_string(status.voices) + " of " + std::to_string(polyphony) + " voices · load " +
                       format_number(status.load * 100, status.load < 0.0995 ? 1 : 0) + " % · dropouts " +
                       std::to_string(status.dropouts);
    if (status.lost_events > 0) text += " · lost " + std::to_string(status.lost_events);
    text += " · " + std::to_string(status.block) + " frames · " +
            format_number(status.sample_rate / 1000, std::fmod(status.sample_rate, 1000) == 0 ? 0 : 1) + " kHz";
    return scene.tuning_master.empty() ? text : text + " · " + scene.tuning_master;
}

void draw_status_line(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const bool notice = scene.now < scene.notice.until;
    const std::string status = notice ? std::string() : status_text(scene);
    const double right = layout.theme_button.x - 10;
    const double full_width = status.empty() ? 0 : text_width(cairo, status, font_size) + 2;
    const double available = right - layout.status.x - 112;
    const double width = std::min(full_width, available);
    const double y = layout.theme_button.y, height = layout.theme_button.height;
    draw_text(cairo, {right - width, y, width, height}, status,
              {.size = font_size, .colour = theme.muted_text, .align = Align::right});
    const Rect left{layout.status.x, y, right - width - 16 - layout.status.x, height};
    const std::string text = notice ? scene.notice.text : explanation(scene);
    draw_text(cairo, left, text.empty() ? position_text(scene) : text,
              {.size = font_size, .colour = text.empty() ? theme.muted_text : theme.text, .bold = notice});

    draw_theme_button(cairo, layout.theme_button, theme);
    draw_text(cairo, layout.zoom_button, std::to_string(scene.zoom_percent) + " %",
              {.size = font_size, .colour = theme.muted_text, .align = Align::centre});
    draw_keyboard_button(cairo, layout.keyboard_button, scene, theme);
}

} // namespace timbrel::ui
