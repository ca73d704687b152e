// Which parameters stand on which panel, in which order.
#pragma once

#include "plugin/ui/scene/layout.h"

#include <string>
#include <vector>

namespace timbrel::ui {

struct PanelPlan {
    std::string title;
    std::vector<engine::Parameter> buttons, knobs;
    bool has_curve() const { return title == "Envelope"; }
};

// All parameters but X and Y, by the table's groups.
const std::vector<PanelPlan>& panel_plans();

Control::Kind kind_of(engine::Parameter parameter);

} // namespace timbrel::ui
