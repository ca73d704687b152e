// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/widgets/plane.h"

#include "plugin/ui/paint/canvas.h"

#include <array>
#include <cmath>
#include <vector>

namespace timbrel::ui {

namespace {

constexpr double margin = 0.082;     // around the playable area, relative to the plane's side
constexpr double corner_radius = 10; // of the plane's outline
constexpr int gradient_pixels = 96;  // side of the gradient's image, which is smooth enough to be scaled up
constexpr double min_ridge_distance = 13;
constexpr double ridge_width = 0.7, ridge_height = 0.42; // relative to the distance between ridges

Rect playable_area(const Rect& plane) { return plane.inset(margin * plane.width); }

std::vector<OkLab> corner_colours(const BankPicture& bank, const Theme& theme) {
    std::vector<OkLab> labs;
    for (size_t i = 0; i < bank.corner_columns * bank.corner_rows; ++i)
        labs.push_back(to_oklab(corner_colour(theme, i, bank.corner_columns, bank.corner_rows)));
    return labs;
}

// The two corners next to a position on one axis, and the weight of the second.
struct Interpolation {
    size_t first, second;
    double weight;
};

Interpolation interpolation(double position, size_t corners) {
    const double scaled = position * static_cast<double>(corners - 1);
    const auto first = std::min(static_cast<size_t>(scaled), corners - 1);
    return {first, std::min(first + 1, corners - 1), scaled - static_cast<double>(first)};
}

void draw_gradient(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    const std::vector<OkLab> corners = corner_colours(bank, theme);
    constexpr int pixels = gradient_pixels;
    cairo_surface_t* const gradient = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, pixels);
    auto* const data = cairo_image_surface_get_data(gradient);
    const int stride = cairo_image_surface_get_stride(gradient);
    for (int row = 0; row < pixels; ++row) {
        auto* const out = reinterpret_cast<uint32_t*>(data + row * stride);
        for (int column = 0; column < pixels; ++column) {
            const auto position = [](int pixel) {
                return std::clamp(((pixel + 0.5) / pixels - margin) / (1 - 2 * margin), 0.0, 1.0);
            };
            const Interpolation x = interpolation(position(column), bank.corner_columns),
                                y = interpolation(position(row), bank.corner_rows);
            const auto mix_row = [&](size_t corner_row) {
                return mix(corners[corner_row * bank.corner_columns + x.first],
                           corners[corner_row * bank.corner_columns + x.second], x.weight);
            };
            const Colour colour = to_srgb(mix(mix_row(y.first), mix_row(y.second), y.weight));
            const auto byte = [](double value) { return static_cast<uint32_t>(std::lround(value * 255)); };
            out[column] = byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue);
        }
    }
    cairo_surface_mark_dirty(gradient);
    cairo_save(cairo);
    rounded_rect_path(cairo, plane, corner_radius);
    cairo_clip(cairo);
    cairo_translate(cairo, plane.x, plane.y);
    cairo_scale(cairo, plane.width / pixels, plane.height / pixels);
    cairo_set_source_surface(cairo, gradient, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(gradient);
}

void draw_ridge(cairo_t* cairo, const Rect& box, const std::vector<float>& levels, const Theme& theme) {
    const double step = box.width / static_cast<double>(levels.size() - 1);
    cairo_move_to(cairo, box.x, box.bottom() - box.height * levels.front());
    for (size_t i = 1; i < levels.size(); ++i)
        cairo_line_to(cairo, box.x + step * static_cast<double>(i), box.bottom() - box.height * levels[i]);
    cairo_path_t* const line = cairo_copy_path(cairo);
    cairo_line_to(cairo, box.right(), box.bottom());
    cairo_line_to(cairo, box.x, box.bottom());
    set_colour(cairo, theme.plane_mark, theme.ridge_fill);
    cairo_fill(cairo);
    cairo_append_path(cairo, line);
    cairo_path_destroy(line);
    set_colour(cairo, theme.plane_mark, theme.ridge_opacity);
    cairo_set_line_width(cairo, 1.1);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cairo);
}

void draw_ridges(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    const Rect area = playable_area(plane);
    const auto distance = [](double side, uint32_t cells) { return cells > 1 ? side / (cells - 1) : side; };
    const double dx = distance(area.width, bank.columns), dy = distance(area.height, bank.rows);
    // Draws only every n-th cell where ridges would be too close to each other.
    const auto every_x = static_cast<uint32_t>(std::ceil(min_ridge_distance / dx));
    const auto every_y = static_cast<uint32_t>(std::ceil(min_ridge_distance / dy));
    const double width = std::min(dx * every_x, plane.width * 0.2) * ridge_width;
    const double height = std::min(dy * every_y, plane.height * 0.2) * ridge_height;
    for (uint32_t row = 0; row < bank.rows; row += every_y)
        for (uint32_t column = 0; column < bank.columns; column += every_x) {
            const std::vector<float>& levels = bank.spectra[size_t{row} * bank.columns + column];
            if (levels.size() < 2) continue;
            const Point centre{bank.columns > 1 ? area.x + dx * column : area.centre().x,
                               bank.rows > 1 ? area.y + dy * row : area.centre().y};
            draw_ridge(cairo, {centre.x - width / 2, centre.y - height / 2, width, height}, levels, theme);
        }
}

void draw_names(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    constexpr double padding = 12, height = 18;
    const double size = std::clamp(plane.width / 34, 11.0, 15.0);
    const double width = plane.width / static_cast<double>(std::max<size_t>(2, bank.corner_columns)) - padding;
    for (const BankPicture::Corner& corner : bank.corners) {
        const Point at = plane_to_window(plane, {static_cast<float>(corner.x), static_cast<float>(corner.y)});
        Align align = Align::centre;
        double x = at.x - width / 2, y = at.y - height * 2;
        if (corner.x == 0) align = Align::left, x = plane.x + padding;
        if (corner.x == 1) align = Align::right, x = plane.right() - padding - width;
        if (corner.y == 1) y = plane.y + 6;
        if (corner.y == 0) y = plane.bottom() - height - 6;
        draw_text(cairo, {x, y, width, height}, corner.name,
                  {.size = size, .colour = theme.plane_mark, .align = align, .bold = true});
    }
}

} // namespace

Point plane_to_window(const Rect& plane, engine::PlanePoint position) {
    const Rect area = playable_area(plane);
    return {area.x + area.width * position.x, area.y + area.height * (1 - position.y)};
}

engine::PlanePoint window_to_plane(const Rect& plane, Point point) {
    const Rect area = playable_area(plane);
    return {static_cast<float>(std::clamp((point.x - area.x) / area.width, 0.0, 1.0)),
            static_cast<float>(std::clamp(1 - (point.y - area.y) / area.height, 0.0, 1.0))};
}

void draw_plane_background(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    if (scene.bank.columns == 0) {
        fill_rounded_rect(cairo, plane, corner_radius, theme.panel);
        stroke_rounded_rect(cairo, plane, corner_radius, theme.border);
        return;
    }
    draw_gradient(cairo, plane, scene.bank, theme);
    if (!scene.bank.spectra.empty()) draw_ridges(cairo, plane, scene.bank, theme);
    draw_names(cairo, plane, scene.bank, theme);
}

void PlaneBackground::draw(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    cairo_matrix_t matrix;
    cairo_get_matrix(cairo, &matrix);
    const Key key{plane.width, matrix.xx, scene.dark, scene.bank_revision};
    if (!image_ || !(key == cached_key_)) {
        const int pixels = static_cast<int>(std::ceil(plane.width * matrix.xx)) + 1;
        image_.reset(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, pixels, pixels));
        cairo_t* const target = cairo_create(image_.get());
        cairo_scale(target, matrix.xx, matrix.yy);
        draw_plane_background(target, {0, 0, plane.width, plane.height}, scene, theme);
        cairo_destroy(target);
        cached_key_ = key;
    }
    // Copies whole pixels: scaling would blur the image and cost time.
    double x = plane.x, y = plane.y;
    cairo_user_to_device(cairo, &x, &y);
    cairo_save(cairo);
    cairo_identity_matrix(cairo);
    cairo_set_source_surface(cairo, image_.get(), std::round(x), std::round(y));
    cairo_paint(cairo);
    cairo_restore(cairo);
}

} // namespace timbrel::ui
