// Where everything stands in a window of some size. Panels follow the parameter table's groups, so that a parameter
// that is new to the table appears by itself.
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/ui/paint/geometry.h"

#include <string>
#include <vector>

namespace timbrel::ui {

struct Control {
    enum class Kind {
        knob,
        choice, // one button for each scale point
        toggle, // one button, off or on
        record, // buttons of the gesture
        play,
        loop
    };
    engine::Parameter parameter;
    Kind kind;
    Rect area;   // that the hand may touch
    Rect circle; // a knob's
};

struct Panel {
    std::string title;
    Rect area;
    Rect curve; // of the envelope; empty elsewhere
    std::vector<Control> controls;
};

struct Layout {
    double width = 0, height = 0;
    Rect logo, bank, plane, panels, keyboard, status;
    Rect theme_button, zoom_button, keys_button; // on the status line
    std::vector<Panel> panel_list;
    double text_scale = 1;    // of the panels' words
    double panels_height = 0; // of all panels, which may be more than there is room for
    int first_key = 36, white_keys = 36;
};

// `width`, `height`: units; `scroll`: how far the panels are moved up, 0 … panels_height - panels.height.
Layout lay_out(double width, double height, double scroll);

// One button of a choice.
Rect option_area(const Control& control, size_t option);

inline constexpr double usual_width = 1200, usual_height = 680;
inline constexpr double least_width = 360, least_height = 420;
inline constexpr double narrow_width = 700; // below it the panels stand under the plane
inline constexpr double least_knob = 32;

} // namespace timbrel::ui
