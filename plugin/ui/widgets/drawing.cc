#include "plugin/ui/widgets/drawing.h"

#include "plugin/ui/paint/canvas.h"
#include "plugin/ui/widgets/bank_list.h"
#include "plugin/ui/widgets/controls.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/status_line.h"

namespace timbrel::ui {

namespace {

void draw_header(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    write(cairo, layout.logo, "timbrel", {.size = 19, .colour = theme.text, .bold = true});
    const Rect& box = layout.bank;
    fill_round(cairo, box, 7, theme.panel);
    outline_round(cairo, box, 7, scene.choosing ? theme.accent : theme.line);
    const bool there = scene.bank.columns > 0;
    std::string about;
    if (there)
        about = std::to_string(scene.bank.columns) + " × " + std::to_string(scene.bank.rows) + " · " +
                std::to_string(scene.bank.rate / 1000) + " kHz";
    const double facts = there && box.width > 240 ? 110 : 0;
    write(cairo, {box.x + 14, box.y, box.width - facts - 48, box.height}, there ? scene.bank.name : "Choose a bank",
          {.size = 13, .colour = there ? theme.text : theme.quiet});
    if (facts > 0)
        write(cairo, {box.right() - 34 - facts, box.y, facts, box.height}, about,
              {.size = 10.5, .colour = theme.quiet, .align = Align::right});
    const Point tip{box.right() - 18, box.centre().y + 2.5};
    cairo_move_to(cairo, tip.x - 5, tip.y - 5);
    cairo_line_to(cairo, tip.x, tip.y);
    cairo_line_to(cairo, tip.x + 5, tip.y - 5);
    set_colour(cairo, theme.quiet);
    cairo_set_line_width(cairo, 1.6);
    cairo_stroke(cairo);
}

// Broken where the line would grow too long.
void draw_message(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme) {
    constexpr double size = 13, line = 20, side = 24;
    const double width = layout.plane.width - 2 * side - 24;
    std::vector<std::string> lines(1);
    for (size_t at = 0; at < scene.message.size();) {
        size_t end = scene.message.find_first_of(" /", at);
        end = end == std::string::npos ? scene.message.size() : end + 1;
        const std::string word = scene.message.substr(at, end - at);
        if (!lines.back().empty() && text_width(cairo, lines.back() + word, size) > width) lines.emplace_back();
        lines.back() += word;
        at = end;
    }
    const double height = line * static_cast<double>(lines.size()) + 24;
    const Rect box{layout.plane.x + side, layout.plane.centre().y - height / 2, layout.plane.width - 2 * side, height};
    fill_round(cairo, box, 9, theme.panel, 0.95);
    outline_round(cairo, box, 9, theme.record);
    for (size_t i = 0; i < lines.size(); ++i)
        write(cairo, {box.x + 12, box.y + 12 + line * static_cast<double>(i), width, line}, lines[i],
              {.size = size, .colour = theme.text, .align = Align::centre});
}

void draw_plane(cairo_t* cairo, const Layout& layout, const Scene& scene, const Theme& theme, PlaneGround& ground) {
    ground.draw(cairo, layout.plane, scene, theme);
    draw_playing(cairo, layout.plane, scene, theme);
    if (!scene.message.empty()) draw_message(cairo, layout, scene, theme);
    if (scene.choosing) draw_bank_list(cairo, layout, scene, theme);
}

} // namespace

Rect part_area(const Layout& layout, Part part) {
    const double middle = layout.panels.y < layout.plane.bottom() ? layout.panels.x - 4 : layout.width;
    switch (part) {
    case Part::header:
        return {0, 0, middle, layout.plane.y - 5};
    case Part::plane:
        // The list of banks begins between the header and the plane.
        return {0, layout.plane.y - 5, middle, layout.plane.height + 9};
    case Part::panels:
        return {layout.panels.x - 4, layout.panels.y - 4, layout.panels.width + 8, layout.panels.height + 8};
    case Part::keyboard:
        return {layout.keyboard.x - 4, layout.keyboard.y - 4, layout.keyboard.width + 8, layout.keyboard.height + 6};
    case Part::status:
        return {0, layout.status.y + 2, layout.width, layout.height - layout.status.y - 2};
    case Part::count:
        break;
    }
    return {};
}

void draw_part(cairo_t* cairo, Part part, const Layout& layout, const Scene& scene, PlaneGround& ground) {
    const Theme& colours = theme(scene.dark);
    const Rect area = part_area(layout, part);
    cairo_save(cairo);
    cairo_rectangle(cairo, area.x, area.y, area.width, area.height);
    cairo_clip(cairo);
    set_colour(cairo, colours.ground);
    cairo_paint(cairo);
    switch (part) {
    case Part::header:
        draw_header(cairo, layout, scene, colours);
        break;
    case Part::plane:
        draw_plane(cairo, layout, scene, colours, ground);
        break;
    case Part::panels:
        draw_panels(cairo, layout, scene, colours);
        break;
    case Part::keyboard:
        draw_keyboard(cairo, layout, scene, colours);
        break;
    case Part::status:
        draw_status_line(cairo, layout, scene, colours);
        break;
    case Part::count:
        break;
    }
    cairo_restore(cairo);
}

void draw_window(cairo_t* cairo, const Layout& layout, const Scene& scene, PlaneGround& ground) {
    set_colour(cairo, theme(scene.dark).ground);
    cairo_paint(cairo);
    for (const Part part : all_parts) draw_part(cairo, part, layout, scene, ground);
}

} // namespace timbrel::ui
