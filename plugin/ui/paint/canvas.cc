#include "plugin/ui/paint/canvas.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double least_size = 0.86; // of the wished one, before words are cut

void choose_font(cairo_t* cairo, double size, bool bold) {
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size);
}

double advance(cairo_t* cairo, const std::string& text) {
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text.c_str(), &extents);
    return extents.x_advance;
}

// Where a UTF-8 character that ends before `at` begins.
size_t character_before(const std::string& text, size_t at) {
    while (at > 0 && (static_cast<unsigned char>(text[--at]) & 0xc0) == 0x80) {
    }
    return at;
}

std::string cut(cairo_t* cairo, const std::string& text, double width) {
    size_t end = text.size();
    while (end > 0 && advance(cairo, text.substr(0, end) + "…") > width) end = character_before(text, end);
    return text.substr(0, end) + "…";
}

void write_spaced(cairo_t* cairo, const std::string& text, double spacing) {
    for (size_t at = 0; at < text.size();) {
        size_t next = at + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
        cairo_show_text(cairo, text.substr(at, next - at).c_str());
        cairo_rel_move_to(cairo, spacing, 0);
        at = next;
    }
}

} // namespace

void set_colour(cairo_t* cairo, const Colour& colour, double opacity) {
    cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, opacity);
}

void round_path(cairo_t* cairo, const Rect& box, double radius) {
    constexpr double quarter = std::numbers::pi / 2;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, box.right() - radius, box.y + radius, radius, -quarter, 0);
    cairo_arc(cairo, box.right() - radius, box.bottom() - radius, radius, 0, quarter);
    cairo_arc(cairo, box.x + radius, box.bottom() - radius, radius, quarter, 2 * quarter);
    cairo_arc(cairo, box.x + radius, box.y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo);
}

void fill_round(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity) {
    round_path(cairo, box, radius);
    set_colour(cairo, colour, opacity);
    cairo_fill(cairo);
}

void outline_round(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity) {
    round_path(cairo, box.inset(0.5), radius - 0.5);
    set_colour(cairo, colour, opacity);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
}

void fill_disc(cairo_t* cairo, Point centre, double radius, const Colour& colour, double opacity) {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
    set_colour(cairo, colour, opacity);
    cairo_fill(cairo);
}

double text_width(cairo_t* cairo, const std::string& text, double size, bool bold) {
    choose_font(cairo, size, bold);
    return advance(cairo, text);
}

void write(cairo_t* cairo, const Rect& box, const std::string& text, const Writing& writing) {
    if (text.empty() || box.width <= 0) return;
    choose_font(cairo, writing.size, writing.bold);
    std::string shown = text;
    double width = advance(cairo, shown) + writing.spacing * static_cast<double>(text.size());
    if (width > box.width) {
        choose_font(cairo, writing.size * std::max(least_size, box.width / width), writing.bold);
        width = advance(cairo, shown);
        if (width > box.width + 0.5) {
            shown = cut(cairo, text, box.width);
            width = advance(cairo, shown);
        }
    }
    cairo_font_extents_t font;
    cairo_font_extents(cairo, &font);
    double x = box.x;
    if (writing.align == Align::centre) x += (box.width - width) / 2;
    if (writing.align == Align::right) x += box.width - width;
    cairo_move_to(cairo, x, box.y + (box.height + font.ascent - font.descent) / 2);
    set_colour(cairo, writing.colour, writing.opacity);
    if (writing.spacing > 0)
        write_spaced(cairo, shown, writing.spacing);
    else
        cairo_show_text(cairo, shown.c_str());
    cairo_new_path(cairo);
}

} // namespace timbrel::ui
