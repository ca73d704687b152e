// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/keyboard.h"

#include "plugin/ui/paint/canvas.h"

#include <cmath>

namespace timbrel::ui {

namespace {

constexpr int min_velocity = 40, max_velocity = 120;
constexpr double black_width = 0.62, black_height = 0.62; // relative to a white key
constexpr double corner_radius = 3;

// White keys between the octave's C and each of its 12 keys.
constexpr int whites_below[] = {0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6};

double white_key_width(const Layout& layout) { return layout.keyboard.width / layout.white_keys; }

int last_key(const Layout& layout) { return layout.first_key + layout.white_keys / 7 * 12; }

// Only the front edge has round corners.
void key_path(cairo_t* cairo, const Rect& box) {
    constexpr double quarter = 1.5707963;
    cairo_move_to(cairo, box.x, box.y);
    cairo_line_to(cairo, box.right(), box.y);
    cairo_arc(cairo, box.right() - corner_radius, box.bottom() - corner_radius, corner_radius, 0, quarter);
    cairo_arc(cairo, box.x + corner_radius, box.bottom() - corner_radius, corner_radius, quarter, 2 * quarter);
    cairo_close_path(cairo);
}

void draw_key(cairo_t* cairo, const Rect& box, const Colour& colour, const Theme& theme) {
    key_path(cairo, box);
    set_colour(cairo, colour);
    cairo_fill_preserve(cairo);
    set_colour(cairo, theme.key_line);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
}

} // namespace

bool is_black_key(int key) { return (0b010101001010 >> key % 12 & 1) != 0; }

std::string key_name(int key) {
    static constexpr const char* names[] = {"C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"};
    return names[key % 12] + std::to_string(key / 12 - 1);
}

Rect key_area(const Layout& layout, int key) {
    const double width = white_key_width(layout);
    const int offset = key - layout.first_key;
    const int whites = offset / 12 * 7 + whites_below[offset % 12];
    const double left = layout.keyboard.x + width * whites;
    if (!is_black_key(key)) return {left, layout.keyboard.y, width, layout.keyboard.height};
    return {left - width * black_width / 2, layout.keyboard.y, width * black_width,
            layout.keyboard.height * black_height};
}

std::optional<KeyHit> key_hit_at(const Layout& layout, Point point) {
    if (!layout.keyboard.contains(point)) return {};
    int found = -1;
    for (int key = layout.first_key; key <= last_key(layout); ++key)
        if (key_area(layout, key).contains(point) && (found < 0 || is_black_key(key))) found = key;
    if (found < 0) return {};
    const Rect area = key_area(layout, found);
    const double depth = (point.y - area.y) / area.height;
    return KeyHit{found, static_cast<int>(std::lround(min_velocity + (max_velocity - min_velocity) * depth))};
}

void draw_keyboard(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const auto lit = [&](int key) {
        return key < 128 && (scene.sounding_keys | scene.pressed_keys)[static_cast<size_t>(key)];
    };
    for (int key = layout.first_key; key <= last_key(layout); ++key) {
        if (is_black_key(key)) continue;
        const Rect area = key_area(layout, key);
        draw_key(cairo, {area.x + 0.5, area.y + 0.5, area.width - 1, area.height - 1},
                 lit(key) ? theme.accent : theme.white_key, theme);
        if (key % 12 == 0)
            draw_text(cairo, {area.x, area.bottom() - 18, area.width, 12}, key_name(key),
                      {.size = 9.5, .colour = lit(key) ? theme.on_accent : rgb(0x767c88), .align = Align::centre});
    }
    for (int key = layout.first_key; key <= last_key(layout); ++key)
        if (is_black_key(key)) draw_key(cairo, key_area(layout, key), lit(key) ? theme.accent : theme.black_key, theme);
}

} // namespace timbrel::ui
