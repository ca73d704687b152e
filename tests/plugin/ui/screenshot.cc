// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the window into a PNG file, for the README and for work on its appearance.
//   timbrel-screenshot OUT.png [dark|light] [ZOOM] [WIDTH HEIGHT] [BANK|STATE], the states of scenes.h
#include "plugin/ui/widgets/drawing.h"
#include "tests/plugin/ui/scenes.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

using namespace timbrel;
using namespace timbrel::engine;

int main(int count, char** arguments) {
    if (count < 2) {
        std::fprintf(stderr, "usage: timbrel-screenshot OUT.png [dark|light] [ZOOM] [WIDTH HEIGHT] [BANK|STATE]\n");
        return 2;
    }
    ui::Scene scene = test::playing_scene();
    if (count > 2) scene.dark = std::string(arguments[2]) != "light";
    const double zoom = count > 3 ? std::atof(arguments[3]) : 1;
    scene.zoom_percent = static_cast<int>(std::lround(zoom * 100));
    const double width = count > 5 ? std::atof(arguments[4]) : ui::default_width;
    const double height = count > 5 ? std::atof(arguments[5]) : ui::default_height;
    try {
        if (count > 6 && !test::show_toolbar(scene, arguments[6]) && !test::show_corners(scene, arguments[6]) &&
            !test::show_modulation(scene, arguments[6]))
            scene.bank = ui::read_bank_picture(arguments[6]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "timbrel-screenshot: %s\n", error.what());
        return 1;
    }
    cairo_surface_t* const surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width * zoom), static_cast<int>(height * zoom));
    cairo_t* const cairo = cairo_create(surface);
    cairo_scale(cairo, zoom, zoom);
    ui::PlaneBackground background;
    ui::draw_window(cairo, ui::compute_layout(width, height, 0, scene.page), scene, background);
    cairo_destroy(cairo);
    const cairo_status_t status = cairo_surface_write_to_png(surface, arguments[1]);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS) return 0;
    std::fprintf(stderr, "timbrel-screenshot: %s: %s\n", arguments[1], cairo_status_to_string(status));
    return 1;
}
