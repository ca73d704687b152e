// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/canvas.h"

#include <cairo-svg.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <numbers>

namespace timbrel::audio {
namespace {

uint32_t pack_rgb(const Colour& colour) {
    const auto channel = [](double value) {
        return static_cast<uint32_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
    };
    return 0xff000000u | channel(colour.red) << 16 | channel(colour.green) << 8 | channel(colour.blue);
}

// Throws PictureError unless the name ends in .png or .svg.
bool is_svg(const std::string& path) {
    require_picture_name(path);
    return path.ends_with(".svg");
}

} // namespace

void require_picture_name(const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension();
    if (ending != ".png" && ending != ".svg") throw PictureError(path + ": pictures end in .png or .svg");
}

Canvas::Canvas(const std::string& path, double width, double height) : is_svg_(is_svg(path)), file_(path) {
    if (is_svg_)
        surface_.reset(cairo_svg_surface_create(file_.part_path().c_str(), width, height));
    else
        surface_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::ceil(width * full_density)),
                                                  static_cast<int>(std::ceil(height * full_density))));
    if (const cairo_status_t status = cairo_surface_status(surface_.get()))
        throw PictureError(path + ": cannot be drawn: " + cairo_status_to_string(status));
    cairo_.reset(cairo_create(surface_.get()));
    if (!is_svg_) cairo_scale(cairo(), full_density, full_density);
    fill({0, 0, width, height}, palette::background);
}

void Canvas::set_colour(const Colour& colour, double alpha) const {
    cairo_set_source_rgba(cairo(), colour.red, colour.green, colour.blue, alpha);
}

double Canvas::text_width(const std::string& text, double size, bool bold) const {
    cairo_select_font_face(cairo(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo(), size);
    cairo_text_extents_t extents;
    cairo_text_extents(cairo(), text.c_str(), &extents);
    return extents.x_advance;
}

double Canvas::text(double x, double y, const std::string& text, double size, const Colour& ink, Align align, bool bold,
                    double max_width) const {
    std::string shown = text;
    for (size_t length = text.size(); length > 0 && text_width(shown, size, bold) > max_width;) {
        do --length;
        while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80); // not within a UTF-8 sequence
        shown = text.substr(0, length) + "…";
    }
    const double width = text_width(shown, size, bold);
    set_colour(ink);
    cairo_move_to(cairo(), align == Align::left ? x : align == Align::right ? x - width : x - width / 2, y);
    cairo_show_text(cairo(), shown.c_str());
    return width;
}

void Canvas::rounded_rectangle(const Box& box, double radius) const {
    constexpr double quarter = std::numbers::pi / 2;
    cairo_new_path(cairo());
    if (radius <= 0) {
        cairo_rectangle(cairo(), box.x, box.y, box.width, box.height);
        return;
    }
    cairo_arc(cairo(), box.right() - radius, box.y + radius, radius, -quarter, 0);
    cairo_arc(cairo(), box.right() - radius, box.bottom() - radius, radius, 0, quarter);
    cairo_arc(cairo(), box.x + radius, box.bottom() - radius, radius, quarter, 2 * quarter);
    cairo_arc(cairo(), box.x + radius, box.y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo());
}

void Canvas::fill(const Box& box, const Colour& ink, double alpha, double radius) const {
    set_colour(ink, alpha);
    rounded_rectangle(box, radius);
    cairo_fill(cairo());
}

void Canvas::line(double x0, double y0, double x1, double y1, const Colour& ink, double alpha, double width) const {
    set_colour(ink, alpha);
    cairo_set_line_width(cairo(), width);
    cairo_move_to(cairo(), x0, y0);
    cairo_line_to(cairo(), x1, y1);
    cairo_stroke(cairo());
}

void Canvas::image(const Box& box, const std::function<Colour(double, double, double)>& pixel, double radius,
                   double density) const {
    const int columns = std::max(1, static_cast<int>(std::lround(box.width * density)));
    const int rows = std::max(1, static_cast<int>(std::lround(box.height * density)));
    const std::unique_ptr<cairo_surface_t, Release> surface(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows));
    cairo_surface_flush(surface.get());
    unsigned char* data = cairo_image_surface_get_data(surface.get());
    const int stride = cairo_image_surface_get_stride(surface.get());
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            const uint32_t value = pack_rgb(pixel((column + 0.5) / columns, (row + 0.5) / rows, 1.0 / columns));
            std::memcpy(data + row * stride + column * 4, &value, 4);
        }
    cairo_surface_mark_dirty(surface.get());
    cairo_save(cairo());
    rounded_rectangle(box, radius);
    cairo_clip(cairo());
    cairo_translate(cairo(), box.x, box.y);
    cairo_scale(cairo(), box.width / columns, box.height / rows);
    cairo_set_source_surface(cairo(), surface.get(), 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo()),
                             density < full_density ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_FAST);
    cairo_pattern_set_extend(cairo_get_source(cairo()), CAIRO_EXTEND_PAD);
    cairo_paint(cairo());
    cairo_restore(cairo());
}

void Canvas::finish() {
    cairo_status_t status = cairo_status(cairo());
    cairo_.reset();
    if (!is_svg_ && status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png(surface_.get(), file_.part_path().c_str());
    cairo_surface_finish(surface_.get());
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface_.get());
    if (status != CAIRO_STATUS_SUCCESS) file_.fail(cairo_status_to_string(status));
    file_.finish_unsynced();
}

} // namespace timbrel::audio
