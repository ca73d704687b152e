#include "plugin/ui/widgets/keyboard.h"

#include "plugin/ui/paint/canvas.h"

#include <cmath>

namespace timbrel::ui {

namespace {

constexpr int softest = 40, hardest = 120;
constexpr double black_width = 0.62, black_height = 0.62; // of a white key's
constexpr double corner = 3;

// White keys below `key` within its octave.
constexpr int whites_before[] = {0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6};

double white_width(const Layout& layout) { return layout.keyboard.width / layout.white_keys; }

int last_key(const Layout& layout) { return layout.first_key + layout.white_keys / 7 * 12; }

// Round at the near end only.
void key_path(cairo_t* cairo, const Rect& box) {
    constexpr double quarter = 1.5707963;
    cairo_move_to(cairo, box.x, box.y);
    cairo_line_to(cairo, box.right(), box.y);
    cairo_arc(cairo, box.right() - corner, box.bottom() - corner, corner, 0, quarter);
    cairo_arc(cairo, box.x + corner, box.bottom() - corner, corner, quarter, 2 * quarter);
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

bool is_black(int key) { return (0b010101001010 >> key % 12 & 1) != 0; }

std::string key_name(int key) {
    static constexpr const char* names[] = {"C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"};
    return names[key % 12] + std::to_string(key / 12 - 1);
}

Rect key_area(const Layout& layout, int key) {
    const double width = white_width(layout);
    const int from_first = key - layout.first_key;
    const int whites = from_first / 12 * 7 + whites_before[from_first % 12];
    const double left = layout.keyboard.x + width * whites;
    if (!is_black(key)) return {left, layout.keyboard.y, width, layout.keyboard.height};
    return {left - width * black_width / 2, layout.keyboard.y, width * black_width,
            layout.keyboard.height * black_height};
}

std::optional<Stroke> stroke_at(const Layout& layout, Point point) {
    if (!layout.keyboard.contains(point)) return {};
    int found = -1;
    for (int key = layout.first_key; key <= last_key(layout); ++key)
        if (key_area(layout, key).contains(point) && (found < 0 || is_black(key))) found = key;
    if (found < 0) return {};
    const Rect area = key_area(layout, found);
    const double share = (point.y - area.y) / area.height;
    return Stroke{found, static_cast<int>(std::lround(softest + (hardest - softest) * share))};
}

void draw_keyboard(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    const auto lit = [&](int key) { return key < 128 && (scene.keys | scene.own_keys)[static_cast<size_t>(key)]; };
    for (int key = layout.first_key; key <= last_key(layout); ++key) {
        if (is_black(key)) continue;
        const Rect area = key_area(layout, key);
        draw_key(cairo, {area.x + 0.5, area.y + 0.5, area.width - 1, area.height - 1},
                 lit(key) ? theme.accent : theme.white_key, theme);
        if (key % 12 == 0)
            write(cairo, {area.x, area.bottom() - 18, area.width, 12}, key_name(key),
                  {.size = 9.5, .colour = lit(key) ? theme.on_accent : rgb(0x767c88), .align = Align::centre});
    }
    for (int key = layout.first_key; key <= last_key(layout); ++key)
        if (is_black(key)) draw_key(cairo, key_area(layout, key), lit(key) ? theme.accent : theme.black_key, theme);
}

} // namespace timbrel::ui
