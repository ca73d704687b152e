// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/scene/panel_plan.h"

#include "plugin/ui/scene/value.h"

#include <algorithm>
#include <string_view>

namespace timbrel::ui {

namespace {

// Symbols in the order on their panels. Other parameters follow in the order of the parameter table.
constexpr std::string_view leading_symbols[] = {"gesture",
                                                "gesture_loop",
                                                "gesture_scope",
                                                "glide",
                                                "orbit_rate",
                                                "orbit_reach",
                                                "orbit_sync",
                                                "layer",
                                                "wander_rate",
                                                "wander_reach",
                                                "gesture_sync",
                                                "key_x",
                                                "key_y",
                                                "velocity_x",
                                                "velocity_y",
                                                "pressure_x",
                                                "pressure_y",
                                                "timbre_x",
                                                "timbre_y",
                                                "play_mode",
                                                "mpe",
                                                "release_mode",
                                                "velocity_sensitivity",
                                                "velocity_curve",
                                                "release_velocity",
                                                "bend_range",
                                                "portamento",
                                                "tune",
                                                "polyphony",
                                                "width",
                                                "level",
                                                "vibrato_depth",
                                                "vibrato_rate",
                                                "natural_vibrato",
                                                "natural_pitch"};

struct PanelTitle {
    std::string_view title;
    size_t page;
};
constexpr PanelTitle panel_order[] = {{"Motion", 0},     {"Envelope", 0}, {"Filter", 0}, {"Touch", 0},
                                      {"Pitch", 0},      {"Play", 0},     {"LFO 1", 1},  {"LFO 2", 1},
                                      {"Envelope 2", 1}, {"Delay", 1},    {"Reverb", 1}};

size_t rank(engine::Parameter parameter) {
    return static_cast<size_t>(
        std::find(std::begin(leading_symbols), std::end(leading_symbols), info(parameter).symbol) -
        std::begin(leading_symbols));
}

std::vector<PanelPlan> make_plans() {
    std::vector<PanelPlan> panels;
    for (const auto& [title, page] : panel_order) panels.push_back({std::string(title), page, {}, {}});
    std::vector<engine::Parameter> order; // without X and Y, the first two
    for (size_t i = 2; i < engine::parameter_count; ++i) order.push_back(static_cast<engine::Parameter>(i));
    std::stable_sort(order.begin(), order.end(),
                     [](engine::Parameter a, engine::Parameter b) { return rank(a) < rank(b); });
    for (const engine::Parameter parameter : order) {
        const std::string_view title = info(parameter).group;
        auto panel = std::find_if(panels.begin(), panels.end(), [&](const PanelPlan& p) { return p.title == title; });
        if (panel == panels.end()) panel = panels.insert(panel, {std::string(title), 0, {}, {}});
        (control_kind(parameter) == Control::Kind::knob ? panel->knobs : panel->buttons).push_back(parameter);
    }
    return panels;
}

} // namespace

const std::vector<PanelPlan>& panel_plans() {
    static const std::vector<PanelPlan> plans = make_plans();
    return plans;
}

Control::Kind control_kind(engine::Parameter parameter) {
    constexpr size_t max_buttons = 5;
    if (info(parameter).scale != engine::Scale::enumeration || info(parameter).points.size() > max_buttons)
        return Control::Kind::knob;
    return is_switch(parameter) ? Control::Kind::toggle : Control::Kind::choice;
}

} // namespace timbrel::ui
