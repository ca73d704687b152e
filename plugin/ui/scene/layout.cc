#include "plugin/ui/scene/layout.h"

#include "plugin/ui/scene/panel_plan.h"
#include "plugin/ui/scene/value.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace timbrel::ui {

namespace {

constexpr double gap = 12, title_height = 26, panel_foot = 8, panel_side = 10;
constexpr double button_height = 28, button_row = 34, button_gap = 6;
constexpr double least_cell = 46, most_cell = 92, knob_sides = 8;
constexpr size_t curve_cells = 2;                       // as wide as that many knobs
constexpr double letter_width = 7.2, button_sides = 18; // of the words on buttons
constexpr double usual_knob = 42, most_spare = 26;

// How large the knobs and their words are.
struct Fit {
    double cell, knob, words;
    double row() const { return knob + words * 31 + 4; }
    size_t columns(double width) const {
        return static_cast<size_t>(std::max(1.0, std::floor((width - 2 * panel_side) / cell)));
    }
};

Fit fit(double cell) {
    const double knob = std::clamp(cell - knob_sides, least_knob, 60.0);
    return {cell, knob, std::clamp(knob / usual_knob, 0.92, 1.35)};
}

bool is_gesture(engine::Parameter parameter) { return std::string_view(info(parameter).symbol) == "gesture"; }
bool is_loop(engine::Parameter parameter) { return std::string_view(info(parameter).symbol) == "gesture_loop"; }

double letters(std::string_view text) {
    return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

double option_width(const engine::ParameterInfo& about) {
    double longest = 0;
    for (const engine::ScalePoint& point : about.points) longest = std::max(longest, letters(point.label));
    return std::max(44.0, longest * letter_width + button_sides);
}

double button_width(engine::Parameter parameter, Control::Kind kind) {
    const engine::ParameterInfo& about = info(parameter);
    if (kind == Control::Kind::choice) return option_width(about) * static_cast<double>(about.points.size());
    if (kind == Control::Kind::toggle)
        return std::max(44.0, letters(short_name(parameter)) * letter_width + button_sides);
    return 36;
}

std::vector<Control> buttons_of(engine::Parameter parameter) {
    using Kind = Control::Kind;
    if (is_gesture(parameter)) return {{parameter, Kind::record, {}, {}}, {parameter, Kind::play, {}, {}}};
    if (is_loop(parameter)) return {{parameter, Kind::loop, {}, {}}};
    return {{parameter, kind_of(parameter), {}, {}}};
}

// Places the buttons in rows from (x, y) on; returns the y below them.
double place_buttons(Panel& panel, const PanelPlan& plan, double x, double y, double width) {
    if (plan.buttons.empty()) return y;
    double at = x;
    for (const engine::Parameter parameter : plan.buttons)
        for (Control control : buttons_of(parameter)) {
            const double wide = std::min(width, button_width(parameter, control.kind));
            if (at > x && at + wide > x + width) at = x, y += button_row;
            control.area = {at, y, wide, button_height};
            panel.controls.push_back(control);
            at += wide + button_gap;
        }
    return y + button_row;
}

size_t cells_of(const PanelPlan& plan) { return plan.knobs.size() + (plan.has_curve() ? curve_cells : 0); }

// `spare`: height to share out among the rows of knobs.
Panel place_panel(const PanelPlan& plan, const Rect& area, const Fit& fit, double spare) {
    Panel panel{plan.title, area, {}, {}};
    const double x = area.x + panel_side, width = area.width - 2 * panel_side;
    const double top = place_buttons(panel, plan, x + 4, area.y + title_height, width - 8);
    const size_t count = plan.knobs.size(), most = fit.columns(area.width);
    const size_t rows = (count + most - 1) / most;
    // Rows as long as one another look better than one full and one nearly empty; a single one is spread out.
    const size_t columns = std::max<size_t>(1, rows > 1 ? (count + rows - 1) / rows : std::min(most, cells_of(plan)));
    const double cell = width / static_cast<double>(columns);
    const double row = fit.row() + (rows > 0 ? spare / static_cast<double>(rows) : 0);
    const auto place = [&](size_t index) {
        return Rect{x + cell * static_cast<double>(index % columns),
                    top + row * static_cast<double>(index / columns) + (row - fit.row()) / 2, cell, fit.row()};
    };
    for (size_t i = 0; i < count; ++i) {
        const Rect area_of_knob = place(i);
        panel.controls.push_back({plan.knobs[i],
                                  Control::Kind::knob,
                                  area_of_knob,
                                  {area_of_knob.centre().x - fit.knob / 2, area_of_knob.y, fit.knob, fit.knob}});
    }
    if (plan.has_curve() && columns >= count + curve_cells) {
        const Rect free = place(count);
        panel.curve = {free.x + 10, free.y + 4, area.right() - panel_side - free.x - 16, free.height - 14};
    }
    panel.area.height = top + row * static_cast<double>(rows) + panel_foot - area.y;
    return panel;
}

using PanelRow = std::vector<const PanelPlan*>;

// Neighbours without buttons share a row where all their knobs fit into one line.
std::vector<PanelRow> rows_of(const Fit& fit, double width) {
    std::vector<PanelRow> rows;
    bool open = false; // the last row takes more
    for (const PanelPlan& plan : panel_plans()) {
        if (plan.buttons.empty() && plan.knobs.empty()) continue;
        const size_t together = open ? cells_of(*rows.back().front()) + cells_of(plan) : 0;
        if (open && plan.buttons.empty() && fit.columns(width - gap - 2 * panel_side) >= together) {
            rows.back().push_back(&plan);
            open = false;
        } else {
            rows.push_back({&plan});
            open = plan.buttons.empty();
        }
    }
    return rows;
}

// Returns the height of all panels.
double place_panels(Layout& layout, const Fit& fit, double scroll, double spare) {
    layout.panel_list.clear();
    const Rect& room = layout.panels;
    double y = room.y - scroll;
    for (const PanelRow& row : rows_of(fit, room.width)) {
        size_t cells = 0;
        for (const PanelPlan* const plan : row) cells += cells_of(*plan);
        const double sides =
            2 * panel_side * static_cast<double>(row.size()) + gap * static_cast<double>(row.size() - 1);
        const double cell = (room.width - sides) / static_cast<double>(std::max<size_t>(1, cells));
        double x = room.x, bottom = y;
        for (const PanelPlan* const plan : row) {
            const double width =
                row.size() > 1 ? cell * static_cast<double>(cells_of(*plan)) + 2 * panel_side : room.width;
            layout.panel_list.push_back(place_panel(*plan, {x, y, width, 0}, fit, spare));
            x += width + gap;
            bottom = std::max(bottom, layout.panel_list.back().area.bottom());
        }
        y = bottom + gap;
    }
    return y - gap + scroll - room.y;
}

// The largest knobs with which all panels fit, else the smallest there are.
void fill_panels(Layout& layout, double scroll) {
    Fit chosen = fit(least_cell);
    for (double cell = most_cell; cell > least_cell; cell -= 1) {
        const Fit tried = fit(cell);
        if (place_panels(layout, tried, 0, 0) > layout.panels.height) continue;
        chosen = tried;
        break;
    }
    layout.text_scale = chosen.words;
    const double height = place_panels(layout, chosen, 0, 0);
    const double spare =
        (layout.panels.height - height) / static_cast<double>(rows_of(chosen, layout.panels.width).size());
    scroll = std::clamp(scroll, 0.0, std::max(0.0, height - layout.panels.height));
    layout.panels_height = place_panels(layout, chosen, scroll, std::clamp(spare, 0.0, most_spare));
}

void place_keys(Layout& layout) {
    const int octaves = std::clamp(static_cast<int>(layout.keyboard.width / (7 * 22)), 1, 8);
    layout.white_keys = octaves * 7 + 1;
    layout.first_key = 12 * (5 - octaves / 2);
}

} // namespace

Layout lay_out(double width, double height, double scroll) {
    Layout layout;
    layout.width = width;
    layout.height = height;
    const bool narrow = width < narrow_width || height > width * 1.1;
    const double side = narrow ? 14 : 24, top = narrow ? 10 : 18, status_height = 34;
    const double keys = std::clamp(height * 0.1, 40.0, 110.0);
    layout.status = {side, height - status_height, width - 2 * side, status_height};
    layout.keyboard = {side, layout.status.y - keys, width - 2 * side, keys};
    const double floor = layout.keyboard.y - 16, head = 28, plane_top = top + head + 10;

    if (narrow) {
        const double square = std::min(width - 2 * side, std::max(120.0, (floor - plane_top) * 0.56));
        layout.plane = {(width - square) / 2, plane_top, square, square};
        layout.panels = {side, layout.plane.bottom() + gap, width - 2 * side, floor - layout.plane.bottom() - gap};
        layout.logo = {side, top, 74, head};
        layout.bank = {side + 84, top, width - 2 * side - 84, head};
    } else {
        const double room = width - 3 * side;
        const double square = std::max(120.0, std::min({floor - plane_top, room - 320, room * 0.56}));
        layout.plane = {side, plane_top, square, square};
        layout.panels = {2 * side + square, top, room - square, floor - top};
        layout.logo = {side, top, 80, head};
        layout.bank = {side + 92, top, square - 92, head};
    }
    fill_panels(layout, scroll);
    place_keys(layout);
    const double y = layout.status.y + 6, button = 22;
    layout.keys_button = {layout.status.right() - 26, y, 26, button};
    layout.zoom_button = {layout.keys_button.x - 54, y, 50, button};
    layout.theme_button = {layout.zoom_button.x - 28, y, 24, button};
    return layout;
}

Rect option_area(const Control& control, size_t option) {
    const double width = control.area.width / static_cast<double>(info(control.parameter).points.size());
    return {control.area.x + width * static_cast<double>(option), control.area.y, width, control.area.height};
}

} // namespace timbrel::ui
