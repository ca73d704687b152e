// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/paint/canvas.h"

#include <cmath>
#include <numbers>

namespace timbrel::ui {

namespace {

constexpr double min_shrink = 0.86; // of the font size, before text is cut

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

bool is_continuation_byte(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; } // of UTF-8

// First byte of the UTF-8 character that ends at `end`.
size_t previous_character(const std::string& text, size_t end) {
    while (end > 0 && is_continuation_byte(text[--end])) {
    }
    return end;
}

std::string truncate(cairo_t* cairo, const std::string& text, double width) {
    size_t end = text.size();
    while (end > 0 && advance(cairo, text.substr(0, end) + "…") > width) end = previous_character(text, end);
    return text.substr(0, end) + "…";
}

void show_spaced_text(cairo_t* cairo, const std::string& text, double spacing) {
    for (size_t at = 0; at < text.size();) {
        size_t next = at + 1;
        while (next < text.size() && is_continuation_byte(text[next])) ++next;
        cairo_show_text(cairo, text.substr(at, next - at).c_str());
        cairo_rel_move_to(cairo, spacing, 0);
        at = next;
    }
}

} // namespace

void set_colour(cairo_t* cairo, const Colour& colour, double opacity) {
    cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue, opacity);
}

void rounded_rect_path(cairo_t* cairo, const Rect& box, double radius) {
    constexpr double quarter = std::numbers::pi / 2;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, box.right() - radius, box.y + radius, radius, -quarter, 0);
    cairo_arc(cairo, box.right() - radius, box.bottom() - radius, radius, 0, quarter);
    cairo_arc(cairo, box.x + radius, box.bottom() - radius, radius, quarter, 2 * quarter);
    cairo_arc(cairo, box.x + radius, box.y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo);
}

void fill_rounded_rect(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity) {
    rounded_rect_path(cairo, box, radius);
    set_colour(cairo, colour, opacity);
    cairo_fill(cairo);
}

void stroke_rounded_rect(cairo_t* cairo, const Rect& box, double radius, const Colour& colour, double opacity) {
    rounded_rect_path(cairo, box.inset(0.5), radius - 0.5);
    set_colour(cairo, colour, opacity);
    cairo_set_line_width(cairo, 1);
    cairo_stroke(cairo);
}

void fill_circle(cairo_t* cairo, Point centre, double radius, const Colour& colour, double opacity) {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
    set_colour(cairo, colour, opacity);
    cairo_fill(cairo);
}

std::vector<std::string> wrap_text(cairo_t* cairo, const std::string& text, double size, double width) {
    std::vector<std::string> lines(1);
    for (size_t at = 0; at < text.size();) {
        size_t end = text.find_first_of(" /", at);
        end = end == std::string::npos ? text.size() : end + 1;
        const std::string word = text.substr(at, end - at);
        if (!lines.back().empty() && text_width(cairo, lines.back() + word, size) > width) lines.emplace_back();
        lines.back() += word;
        at = end;
    }
    return lines;
}

double text_width(cairo_t* cairo, const std::string& text, double size, bool bold) {
    choose_font(cairo, size, bold);
    return advance(cairo, text);
}

void draw_text(cairo_t* cairo, const Rect& box, const std::string& text, const TextStyle& style) {
    if (text.empty() || box.width <= 0) return;
    choose_font(cairo, style.size, style.bold);
    std::string shown = text;
    double width = advance(cairo, shown) + style.spacing * static_cast<double>(text.size());
    // Hinting rounds the width, so several sizes are tried.
    for (double size = style.size; width > box.width && size > style.size * min_shrink; size *= 0.96) {
        choose_font(cairo, size, style.bold);
        width = advance(cairo, shown);
    }
    if (width > box.width + 0.5) {
        shown = truncate(cairo, text, box.width);
        width = advance(cairo, shown);
    }
    cairo_font_extents_t font;
    cairo_font_extents(cairo, &font);
    double x = box.x;
    if (style.align == Align::centre) x += (box.width - width) / 2;
    if (style.align == Align::right) x += box.width - width;
    cairo_move_to(cairo, x, box.y + (box.height + font.ascent - font.descent) / 2);
    set_colour(cairo, style.colour, style.opacity);
    if (style.spacing > 0)
        show_spaced_text(cairo, shown, style.spacing);
    else
        cairo_show_text(cairo, shown.c_str());
    cairo_new_path(cairo);
}

} // namespace timbrel::ui
