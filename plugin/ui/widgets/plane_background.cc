#include "plugin/ui/widgets/plane.h"

#include "plugin/ui/paint/canvas.h"

#include <array>
#include <cmath>
#include <vector>

namespace timbrel::ui {

namespace {

constexpr double edge = 0.082;                           // of the plane's side, around the field that is played
constexpr double radius = 10;                            // of the corners
constexpr int ground_pixels = 96;                        // along a side; stretched to the plane, for it is smooth
constexpr double least_ridge = 13;                       // between two ridges
constexpr double ridge_width = 0.7, ridge_height = 0.42; // of the distance between two

Rect field_of(const Rect& plane) { return plane.inset(edge * plane.width); }

std::vector<Lab> corner_labs(const BankPicture& bank, const Theme& theme) {
    std::vector<Lab> labs;
    for (size_t i = 0; i < bank.across * bank.down; ++i)
        labs.push_back(lab_of(corner_colour(theme, i, bank.across, bank.down)));
    return labs;
}

// Which two corners a place lies between, and the share of the second.
struct Between {
    size_t first, second;
    double share;
};

Between between(double place, size_t corners) {
    const double at = place * static_cast<double>(corners - 1);
    const auto first = std::min(static_cast<size_t>(at), corners - 1);
    return {first, std::min(first + 1, corners - 1), at - static_cast<double>(first)};
}

void draw_colours(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    const std::vector<Lab> corners = corner_labs(bank, theme);
    constexpr int pixels = ground_pixels;
    cairo_surface_t* const small = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, pixels);
    auto* const data = cairo_image_surface_get_data(small);
    const int stride = cairo_image_surface_get_stride(small);
    for (int row = 0; row < pixels; ++row) {
        auto* const out = reinterpret_cast<uint32_t*>(data + row * stride);
        for (int column = 0; column < pixels; ++column) {
            const auto share = [](int pixel) {
                return std::clamp(((pixel + 0.5) / pixels - edge) / (1 - 2 * edge), 0.0, 1.0);
            };
            const Between x = between(share(column), bank.across), y = between(share(row), bank.down);
            const auto along = [&](size_t line) {
                return mixed(corners[line * bank.across + x.first], corners[line * bank.across + x.second], x.share);
            };
            const Colour colour = colour_of(mixed(along(y.first), along(y.second), y.share));
            const auto byte = [](double value) { return static_cast<uint32_t>(std::lround(value * 255)); };
            out[column] = byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue);
        }
    }
    cairo_surface_mark_dirty(small);
    cairo_save(cairo);
    round_path(cairo, plane, radius);
    cairo_clip(cairo);
    cairo_translate(cairo, plane.x, plane.y);
    cairo_scale(cairo, plane.width / pixels, plane.height / pixels);
    cairo_set_source_surface(cairo, small, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(small);
}

void draw_ridge(cairo_t* cairo, const Rect& box, const std::vector<float>& levels, const Theme& theme) {
    const double step = box.width / static_cast<double>(levels.size() - 1);
    cairo_move_to(cairo, box.x, box.bottom() - box.height * levels.front());
    for (size_t i = 1; i < levels.size(); ++i)
        cairo_line_to(cairo, box.x + step * static_cast<double>(i), box.bottom() - box.height * levels[i]);
    cairo_path_t* const line = cairo_copy_path(cairo);
    cairo_line_to(cairo, box.right(), box.bottom());
    cairo_line_to(cairo, box.x, box.bottom());
    set_colour(cairo, theme.mark, theme.ridge_fill);
    cairo_fill(cairo);
    cairo_append_path(cairo, line);
    cairo_path_destroy(line);
    set_colour(cairo, theme.mark, theme.ridge_line);
    cairo_set_line_width(cairo, 1.1);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cairo);
}

void draw_ridges(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    const Rect field = field_of(plane);
    const auto distance = [](double side, uint32_t cells) { return cells > 1 ? side / (cells - 1) : side; };
    const double dx = distance(field.width, bank.columns), dy = distance(field.height, bank.rows);
    // Where the cells are too many to be told apart, only some are drawn.
    const auto every_x = static_cast<uint32_t>(std::ceil(least_ridge / dx));
    const auto every_y = static_cast<uint32_t>(std::ceil(least_ridge / dy));
    const double width = std::min(dx * every_x, plane.width * 0.2) * ridge_width;
    const double height = std::min(dy * every_y, plane.height * 0.2) * ridge_height;
    for (uint32_t row = 0; row < bank.rows; row += every_y)
        for (uint32_t column = 0; column < bank.columns; column += every_x) {
            const std::vector<float>& levels = bank.cells[size_t{row} * bank.columns + column];
            if (levels.size() < 2) continue;
            const Point centre{bank.columns > 1 ? field.x + dx * column : field.centre().x,
                               bank.rows > 1 ? field.y + dy * row : field.centre().y};
            draw_ridge(cairo, {centre.x - width / 2, centre.y - height / 2, width, height}, levels, theme);
        }
}

void draw_names(cairo_t* cairo, const Rect& plane, const BankPicture& bank, const Theme& theme) {
    constexpr double margin = 12, height = 18;
    const double size = std::clamp(plane.width / 34, 11.0, 15.0);
    const double room = plane.width / static_cast<double>(std::max<size_t>(2, bank.across)) - margin;
    for (const BankPicture::Corner& corner : bank.corners) {
        const Point at = point_of(plane, {static_cast<float>(corner.x), static_cast<float>(corner.y)});
        Align align = Align::centre;
        double x = at.x - room / 2, y = at.y - height * 2;
        if (corner.x == 0) align = Align::left, x = plane.x + margin;
        if (corner.x == 1) align = Align::right, x = plane.right() - margin - room;
        if (corner.y == 1) y = plane.y + 6;
        if (corner.y == 0) y = plane.bottom() - height - 6;
        write(cairo, {x, y, room, height}, corner.name,
              {.size = size, .colour = theme.mark, .align = align, .bold = true});
    }
}

} // namespace

Point point_of(const Rect& plane, engine::PlanePoint place) {
    const Rect field = field_of(plane);
    return {field.x + field.width * place.x, field.y + field.height * (1 - place.y)};
}

engine::PlanePoint place_of(const Rect& plane, Point point) {
    const Rect field = field_of(plane);
    return {static_cast<float>(std::clamp((point.x - field.x) / field.width, 0.0, 1.0)),
            static_cast<float>(std::clamp(1 - (point.y - field.y) / field.height, 0.0, 1.0))};
}

void draw_plane_ground(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    if (scene.bank.columns == 0) {
        fill_round(cairo, plane, radius, theme.panel);
        outline_round(cairo, plane, radius, theme.line);
        return;
    }
    draw_colours(cairo, plane, scene.bank, theme);
    if (!scene.bank.cells.empty()) draw_ridges(cairo, plane, scene.bank, theme);
    draw_names(cairo, plane, scene.bank, theme);
}

void PlaneGround::draw(cairo_t* cairo, const Rect& plane, const Scene& scene, const Theme& theme) {
    cairo_matrix_t matrix;
    cairo_get_matrix(cairo, &matrix);
    const Key key{plane.width, matrix.xx, scene.dark, scene.bank_changes};
    if (!picture_ || !(key == drawn_)) {
        const int pixels = static_cast<int>(std::ceil(plane.width * matrix.xx)) + 1;
        picture_.reset(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, pixels, pixels));
        cairo_t* const own = cairo_create(picture_.get());
        cairo_scale(own, matrix.xx, matrix.yy);
        draw_plane_ground(own, {0, 0, plane.width, plane.height}, scene, theme);
        cairo_destroy(own);
        drawn_ = key;
    }
    // Pixel upon pixel, so that nothing is blurred or computed anew.
    double x = plane.x, y = plane.y;
    cairo_user_to_device(cairo, &x, &y);
    cairo_save(cairo);
    cairo_identity_matrix(cairo);
    cairo_set_source_surface(cairo, picture_.get(), std::round(x), std::round(y));
    cairo_paint(cairo);
    cairo_restore(cairo);
}

} // namespace timbrel::ui
