#include "plugin/ui/widgets/status_line.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/scene/value.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double size = 11;

// A disc, half of it dark.
void draw_theme_button(cairo_t* cairo, const Rect& area, const Theme& theme) {
    const Point centre = area.centre();
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, centre.x, centre.y, 6, 0, 2 * std::numbers::pi);
    set_colour(cairo, theme.quiet);
    cairo_set_line_width(cairo, 1.4);
    cairo_stroke(cairo);
    cairo_arc(cairo, centre.x, centre.y, 6, -std::numbers::pi / 2, std::numbers::pi / 2);
    cairo_fill(cairo);
}

// A few keys of a computer's keyboard.
void draw_keys_button(cairo_t* cairo, const Rect& area, const Scene& scene, const Theme& theme) {
    const Colour& colour = scene.computer_keyboard ? theme.accent : theme.quiet;
    const Rect face{area.centre().x - 10, area.centre().y - 6.5, 20, 13};
    outline_round(cairo, face, 3, colour);
    for (int i = 0; i < 4; ++i) fill_disc(cairo, {face.x + 4 + 4 * i, face.y + 4.5}, 1, colour);
    set_colour(cairo, colour);
    cairo_rectangle(cairo, face.x + 5.5, face.y + 8, 9, 1.5);
    cairo_fill(cairo);
}

std::string place_text(const Scene& scene) {
    return "X " + number_text(scene.place.x, 2) + "   Y " + number_text(scene.place.y, 2);
}

} // namespace

std::string health_text(const Scene& scene) {
    const Health& health = scene.health;
    if (health.rate <= 0) return "";
    const int most = static_cast<int>(scene.value(engine::Parameter::polyphony));
    std::string text = std::to_string(health.voices) + " of " + std::to_string(most) + " voices · load " +
                       number_text(health.load * 100, health.load < 0.0995 ? 1 : 0) + " % · misses " +
                       std::to_string(health.misses);
    if (health.lost_events > 0) text += " · lost " + std::to_string(health.lost_events);
    text += " · " + std::to_string(health.block) + " frames";
    return text + " · " + number_text(health.rate / 1000, std::fmod(health.rate, 1000) == 0 ? 0 : 1) + " kHz";
}

void draw_status_line(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const std::string health = health_text(scene);
    const double right = layout.theme_button.x - 10;
    const double wanted = health.empty() ? 0 : text_width(cairo, health, size) + 2;
    const double room = right - layout.status.x - 112;
    const double width = std::min(wanted, room);
    const double y = layout.theme_button.y, height = layout.theme_button.height;
    write(cairo, {right - width, y, width, height}, health,
          {.size = size, .colour = theme.quiet, .align = Align::right});
    const Rect left{layout.status.x, y, right - width - 16 - layout.status.x, height};
    const std::string words = scene.pointed ? info(*scene.pointed).comment : place_text(scene);
    write(cairo, left, words, {.size = size, .colour = scene.pointed ? theme.text : theme.quiet});

    draw_theme_button(cairo, layout.theme_button, theme);
    write(cairo, layout.zoom_button, std::to_string(scene.zoom_percent) + " %",
          {.size = size, .colour = theme.quiet, .align = Align::centre});
    draw_keys_button(cairo, layout.keys_button, scene, theme);
}

} // namespace timbrel::ui
