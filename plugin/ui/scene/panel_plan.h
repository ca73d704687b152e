// SPDX-License-Identifier: GPL-3.0-or-later
// Distributes the parameters among the panels. Threads: any; pure.
#pragma once

#include "plugin/ui/scene/layout.h"

#include <string>
#include <vector>

namespace timbrel::ui {

// The contents of one panel, in the order in which they appear.
struct PanelPlan {
    std::string title;
    size_t page; // see page_titles
    std::vector<engine::Parameter> buttons, knobs;
    bool has_envelope() const { return title == "Envelope"; } // draws the envelope's curve
};

// The panels are on two pages.
inline constexpr const char* page_titles[] = {"Sound", "Modulation and space"};

// All parameters but X and Y, a panel for each group of the parameter table.
const std::vector<PanelPlan>& panel_plans();

// `knob`, `toggle` or `choice`.
Control::Kind control_kind(engine::Parameter parameter);

} // namespace timbrel::ui
