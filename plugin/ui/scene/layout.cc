// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/scene/layout.h"

#include "plugin/ui/scene/panel_plan.h"
#include "plugin/ui/scene/value.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace timbrel::ui {

namespace {

constexpr double gap = 8, title_height = 22, panel_foot = 5, panel_padding = 10;
constexpr double button_height = 28, button_row_height = 34, button_gap = 6;
constexpr double min_cell_width = 46, max_cell_width = 92, knob_margin = 8;
constexpr size_t envelope_cells = 2;                      // width of the envelope's curve, in knob cells
constexpr double letter_width = 7.2, button_padding = 18; // of a button's text
constexpr double reference_knob = 42, max_spare_height = 26;

// Size of the knobs and their captions.
struct KnobSize {
    double cell_width, diameter, text_scale;
    double cell_height() const { return diameter + text_scale * 31 + 4; }
    size_t cells_across(double width) const {
        return static_cast<size_t>(std::max(1.0, std::floor((width - 2 * panel_padding) / cell_width)));
    }
};

KnobSize knob_size(double cell_width) {
    const double diameter = std::clamp(cell_width - knob_margin, min_knob_diameter, 60.0);
    return {cell_width, diameter, std::clamp(diameter / reference_knob, 0.92, 1.35)};
}

bool is_gesture(engine::Parameter parameter) { return std::string_view(info(parameter).symbol) == "gesture"; }
bool is_loop(engine::Parameter parameter) { return std::string_view(info(parameter).symbol) == "gesture_loop"; }

// Characters of a UTF-8 text.
double letter_count(std::string_view text) {
    return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

double text_button_width(double letters) { return std::max(44.0, letters * letter_width + button_padding); }

double option_width(const engine::ParameterInfo& choice) {
    double longest = 0;
    for (const engine::ScalePoint& point : choice.points) longest = std::max(longest, letter_count(point.label));
    return text_button_width(longest);
}

double button_width(engine::Parameter parameter, Control::Kind kind) {
    constexpr double icon_button_width = 36;
    const engine::ParameterInfo& parameter_info = info(parameter);
    if (kind == Control::Kind::choice)
        return option_width(parameter_info) * static_cast<double>(parameter_info.points.size());
    if (kind == Control::Kind::toggle) return text_button_width(letter_count(parameter_info.short_name));
    return icon_button_width;
}

// The buttons of one parameter, without their areas.
std::vector<Control> buttons_of(engine::Parameter parameter) {
    using Kind = Control::Kind;
    if (is_gesture(parameter)) return {{parameter, Kind::record, {}, {}}, {parameter, Kind::play, {}, {}}};
    if (is_loop(parameter)) return {{parameter, Kind::loop, {}, {}}};
    return {{parameter, control_kind(parameter), {}, {}}};
}

// Adds the buttons in rows from (left, y) on; returns the y below them.
double add_buttons(Panel& panel, const PanelPlan& plan, double left, double y, double width) {
    if (plan.buttons.empty()) return y;
    double x = left;
    for (const engine::Parameter parameter : plan.buttons)
        for (Control control : buttons_of(parameter)) {
            const double button = std::min(width, button_width(parameter, control.kind));
            if (x > left && x + button > left + width) x = left, y += button_row_height;
            control.area = {x, y, button, button_height};
            panel.controls.push_back(control);
            x += button + button_gap;
        }
    return y + button_row_height;
}

size_t cell_count(const PanelPlan& plan) { return plan.knobs.size() + (plan.has_envelope() ? envelope_cells : 0); }

// `spare`: extra height, distributed over the rows of knobs. `area` needs no height.
Panel make_panel(const PanelPlan& plan, const Rect& area, const KnobSize& size, double spare) {
    Panel panel{plan.title, area, {}, {}};
    const double x = area.x + panel_padding, width = area.width - 2 * panel_padding;
    const double top = add_buttons(panel, plan, x + 4, area.y + title_height, width - 8);
    const size_t knobs = plan.knobs.size(), max_columns = size.cells_across(area.width);
    const size_t rows = (knobs + max_columns - 1) / max_columns;
    // Several rows get equal lengths instead of a nearly empty last one; a single row fills the panel's width.
    const size_t columns =
        std::max<size_t>(1, rows > 1 ? (knobs + rows - 1) / rows : std::min(max_columns, cell_count(plan)));
    const double cell_width = width / static_cast<double>(columns);
    const double row_height = size.cell_height() + (rows > 0 ? spare / static_cast<double>(rows) : 0);
    const auto cell_area = [&](size_t index) {
        const size_t row = index / columns;
        return Rect{x + cell_width * static_cast<double>(index % columns),
                    top + row_height * static_cast<double>(row) + (row_height - size.cell_height()) / 2, cell_width,
                    size.cell_height()};
    };
    for (size_t i = 0; i < knobs; ++i) {
        const Rect cell = cell_area(i);
        panel.controls.push_back({plan.knobs[i],
                                  Control::Kind::knob,
                                  cell,
                                  {cell.centre().x - size.diameter / 2, cell.y, size.diameter, size.diameter}});
    }
    if (plan.has_envelope() && columns >= knobs + envelope_cells) {
        const Rect free = cell_area(knobs);
        panel.envelope = {free.x + 10, free.y + 4, area.right() - panel_padding - free.x - 16, free.height - 14};
    }
    panel.area.height = top + row_height * static_cast<double>(rows) + panel_foot - area.y;
    return panel;
}

using PanelRow = std::vector<const PanelPlan*>;

// Puts two consecutive panels without buttons on one row if all their knobs fit on one line.
std::vector<PanelRow> panel_rows(const KnobSize& size, double width, size_t page) {
    std::vector<PanelRow> rows;
    bool open = false; // whether the last row can take another panel
    for (const PanelPlan& plan : panel_plans()) {
        if (plan.page != page || (plan.buttons.empty() && plan.knobs.empty())) continue;
        const size_t cells = open ? cell_count(*rows.back().front()) + cell_count(plan) : 0;
        if (open && plan.buttons.empty() && size.cells_across(width - gap - 2 * panel_padding) >= cells) {
            rows.back().push_back(&plan);
            open = false;
        } else {
            rows.push_back({&plan});
            open = plan.buttons.empty();
        }
    }
    return rows;
}

// Replaces the panels; returns their total height.
double place_panels(Layout& layout, const KnobSize& size, double scroll, double spare) {
    layout.panels.clear();
    const Rect& bounds = layout.panel_area;
    double y = bounds.y - scroll;
    for (const PanelRow& row : panel_rows(size, bounds.width, layout.page)) {
        size_t cells = 0;
        for (const PanelPlan* const plan : row) cells += cell_count(*plan);
        const double margins =
            2 * panel_padding * static_cast<double>(row.size()) + gap * static_cast<double>(row.size() - 1);
        const double cell_width = (bounds.width - margins) / static_cast<double>(std::max<size_t>(1, cells));
        double x = bounds.x, bottom = y;
        for (const PanelPlan* const plan : row) {
            const double width =
                row.size() > 1 ? cell_width * static_cast<double>(cell_count(*plan)) + 2 * panel_padding : bounds.width;
            layout.panels.push_back(make_panel(*plan, {x, y, width, 0}, size, spare));
            x += width + gap;
            bottom = std::max(bottom, layout.panels.back().area.bottom());
        }
        y = bottom + gap;
    }
    return y - gap + scroll - bounds.y;
}

// Places the panels with the largest knobs for which all of them fit, or else with the smallest knobs.
void fill_panels(Layout& layout, double scroll) {
    KnobSize size = knob_size(min_cell_width);
    for (double cell_width = max_cell_width; cell_width > min_cell_width; cell_width -= 1) {
        const KnobSize candidate = knob_size(cell_width);
        if (place_panels(layout, candidate, 0, 0) > layout.panel_area.height) continue;
        size = candidate;
        break;
    }
    layout.text_scale = size.text_scale;
    const double height = place_panels(layout, size, 0, 0);
    const double spare = (layout.panel_area.height - height) /
                         static_cast<double>(panel_rows(size, layout.panel_area.width, layout.page).size());
    scroll = std::clamp(scroll, 0.0, std::max(0.0, height - layout.panel_area.height));
    layout.panels_height = place_panels(layout, size, scroll, std::clamp(spare, 0.0, max_spare_height));
}

// The buttons from right to left; the preset has the rest.
void place_toolbar(Layout& layout) {
    constexpr double full_width = 520, button_spacing = 6;
    const Rect& bar = layout.toolbar;
    const double scale = std::clamp(bar.width / full_width, 0.72, 1.0);
    double right = bar.right();
    for (const auto& [button, width] : {std::pair(&layout.init_button, 42.0), std::pair(&layout.random_button, 34.0),
                                        std::pair(&layout.copy_button, 48.0), std::pair(&layout.sides_button, 60.0),
                                        std::pair(&layout.redo_button, 32.0), std::pair(&layout.undo_button, 32.0)}) {
        *button = {right - width * scale, bar.y, width * scale, bar.height};
        right = button->x - button_spacing * scale;
    }
    layout.preset_button = {bar.x, bar.y, right - bar.x, bar.height};
}

// In a row above the panels, which get less height.
void place_page_buttons(Layout& layout) {
    constexpr double row_height = 20, spacing = 4;
    Rect& area = layout.panel_area;
    double x = area.x;
    for (const char* const title : page_titles) {
        layout.page_buttons.push_back({x, area.y, text_button_width(letter_count(title)), row_height});
        x = layout.page_buttons.back().right() + button_gap;
    }
    area.y += row_height + spacing;
    area.height -= row_height + spacing;
}

// Whole octaves and a C on top, around middle C.
void place_keys(Layout& layout) {
    constexpr double min_key_width = 22;
    const int octaves = std::clamp(static_cast<int>(layout.keyboard.width / (7 * min_key_width)), 1, 8);
    layout.white_keys = octaves * 7 + 1;
    layout.first_key = 12 * (5 - octaves / 2);
}

} // namespace

Layout compute_layout(double width, double height, double scroll, size_t page) {
    Layout layout;
    layout.page = page;
    layout.width = width;
    layout.height = height;
    const bool stacked = width < stacked_below_width || height > width * 1.1;
    const double side = stacked ? 14 : 24, top = stacked ? 10 : 18, status_height = 34;
    const double keyboard_height = std::clamp(height * 0.1, 40.0, 110.0);
    layout.status = {side, height - status_height, width - 2 * side, status_height};
    layout.keyboard = {side, layout.status.y - keyboard_height, width - 2 * side, keyboard_height};
    const double bottom = layout.keyboard.y - 16, header_height = 28, row = header_height + 10;
    const double plane_top = top + (stacked ? 2 : 1) * row;

    if (stacked) {
        const double square = std::min(width - 2 * side, std::max(120.0, (bottom - plane_top) * 0.56));
        layout.plane = {(width - square) / 2, plane_top, square, square};
        layout.panel_area = {side, layout.plane.bottom() + gap, width - 2 * side, bottom - layout.plane.bottom() - gap};
        layout.logo = {side, top, 74, header_height};
        layout.bank_button = {side + 84, top, width - 2 * side - 84, header_height};
        layout.toolbar = {side, top + row, width - 2 * side, header_height};
    } else {
        const double content_width = width - 3 * side;
        const double square =
            std::max(120.0, std::min({bottom - plane_top, content_width - 320, content_width * 0.56}));
        layout.plane = {side, plane_top, square, square};
        layout.panel_area = {2 * side + square, plane_top, content_width - square, bottom - plane_top};
        layout.toolbar = {layout.panel_area.x, top, layout.panel_area.width, header_height};
        layout.logo = {side, top, 80, header_height};
        layout.bank_button = {side + 92, top, square - 92, header_height};
    }
    place_toolbar(layout);
    place_page_buttons(layout);
    fill_panels(layout, scroll);
    place_keys(layout);
    const double y = layout.status.y + 6, button = 22;
    layout.keyboard_button = {layout.status.right() - 26, y, 26, button};
    layout.zoom_button = {layout.keyboard_button.x - 54, y, 50, button};
    layout.theme_button = {layout.zoom_button.x - 28, y, 24, button};
    return layout;
}

Rect option_area(const Control& control, size_t option) {
    const double width = control.area.width / static_cast<double>(info(control.parameter).points.size());
    return {control.area.x + width * static_cast<double>(option), control.area.y, width, control.area.height};
}

} // namespace timbrel::ui
