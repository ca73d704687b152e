// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything is in a window of a given size. Panels are built from the parameter table, so a new parameter
// appears by itself. Threads: any; pure.
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/ui/paint/geometry.h"

#include <algorithm>
#include <string>
#include <vector>

namespace timbrel::ui {

struct Control {
    enum class Kind {
        knob,
        choice, // one button for each scale point
        toggle, // one button, off or on
        record, // the gesture's buttons
        play,
        loop
    };
    engine::Parameter parameter;
    Kind kind;
    Rect area;   // reacts to the pointer
    Rect circle; // the knob itself; empty for buttons
};

struct Panel {
    std::string title;
    Rect area;
    Rect envelope; // for the envelope's curve; empty on other panels
    std::vector<Control> controls;
};

// All lengths are in units (pixels at zoom 100 %).
struct Layout {
    double width = 0, height = 0;
    Rect logo, bank_button, plane, panel_area, keyboard, status;
    Rect toolbar, preset_button, undo_button, redo_button, sides_button, copy_button, random_button, init_button;
    Rect theme_button, zoom_button, keyboard_button; // on the status line
    std::vector<Rect> page_buttons;                  // one for each page of panels
    size_t page = 0;                                 // the page that is shown
    std::vector<Panel> panels;                       // of the page
    double text_scale = 1;                           // of the panels' text
    double panels_height = 0;                        // total; above panel_area.height the panels scroll
    int first_key = 36;                              // MIDI note number of the keyboard's leftmost key
    int white_keys = 36;

    // Whether the panels are below the plane, and not to the right of it.
    bool is_stacked() const { return panel_area.y >= plane.bottom(); }
};

// `scroll`: upward shift of the panels in units, clamped to 0 … panels_height - panel_area.height. `page`: see
// page_titles.
Layout compute_layout(double width, double height, double scroll, size_t page = 0);

// The button of one scale point of a choice.
Rect option_area(const Control& control, size_t option);

inline constexpr double default_width = 1200, default_height = 680;
inline constexpr double min_width = 360, min_height = 420;
// The zoom (pixels per unit) of a window of so many pixels: the wanted one, or less where the smallest layout would not
// fit, so that nothing is cut off.
inline double fitting_zoom(double wanted, double width, double height) {
    return std::min({wanted, width / min_width, height / min_height});
}
inline constexpr double stacked_below_width = 700; // narrower windows put the panels below the plane
inline constexpr double min_knob_diameter = 32;

} // namespace timbrel::ui
