// SPDX-License-Identifier: GPL-3.0-or-later
// Turns pointer, wheel and key events into changes of the scene and calls of the controller.
// Thread: control (the window's).
#pragma once

#include "plugin/ui/input/hit_test.h"
#include "plugin/ui/input/list_handler.h"
#include "plugin/ui/input/sound_editor.h"
#include "plugin/ui/input/ui_controller.h"
#include "plugin/ui/scene/scene.h"
#include "plugin/ui/widgets/drawing.h"

#include <map>
#include <optional>

namespace timbrel::ui {

enum class Button { left, right };
enum class Arrow { left, right, up, down };

class InputHandler {
  public:
    // All arguments must outlive the object. Regions that need to be redrawn are added to `dirty`.
    InputHandler(Scene& scene, const Layout& layout, UiController& controller, RegionSet& dirty)
        : scene_(scene), layout_(layout), controller_(controller), dirty_(dirty), editor_(scene, controller, dirty),
          lists_(scene, layout, controller, editor_, dirty) {}

    // Undo, redo and the rest of what changes the sound as a whole; the lists and the name of a preset.
    SoundEditor& editor() { return editor_; }
    ListHandler& lists() { return lists_; }

    // Points are in the layout's units. `fine` reduces the movement to a tenth.
    void press(Point at, Button button, bool fine);
    void move(Point at, bool fine);
    void aftertouch(double pressure);                         // of the pen or finger that holds a key, 0–1
    void release();                                           // of the left button
    void wheel(Point at, double right, double up, bool fine); // notches
    void leave();                                             // the pointer has left the window

    // Files that another program drags over the window: they are at `at`, have left, or are dropped.
    void drag_files(Point at);
    void leave_files();
    void drop_files(Point at, const std::vector<std::string>& paths);

    void arrow(Arrow arrow, bool fine); // moves the position, or goes through an open list
    void open_corner_menu();            // of the corner nearest to the position
    // Enter and Escape. False if there is nothing to confirm or to close.
    bool confirm();
    bool close();
    void shift_octave(int octaves); // of the computer keyboard
    // A key of the computer keyboard, by X keycode. Returns false for a key that plays no note.
    bool computer_key(unsigned keycode, bool down);
    // Releases all keys of the computer keyboard, for when the window loses the focus.
    void release_all_keys();

  private:
    void set_position(engine::PlanePoint position);
    void touch_position(bool down);
    void press_control(const Hit& hit);
    void press_key(Point at);
    void press_right(const Hit& hit, Point at);
    void close_report();
    void start_plane_drag(Point at, bool fine);
    void drag_plane(Point at, bool fine);
    void drag_knob(Point at, bool fine);
    void move_without_button(Point at);
    void wheel_plane(double right, double up, double factor);
    void wheel_knob(engine::Parameter parameter, double up, double factor);
    void play_note(int key, int velocity);
    void hover(std::optional<engine::Parameter> parameter, const std::string& hint);
    void scroll_panels(double notches);
    void show_page(size_t page);
    void step_zoom(int steps);
    void settings_changed();

    Scene& scene_;
    const Layout& layout_;
    UiController& controller_;
    RegionSet& dirty_;
    SoundEditor editor_;
    ListHandler lists_;
    enum class Drag { none, plane, knob, keyboard } drag_ = Drag::none;
    Point last_point_;
    double knob_position_ = 0;              // of the dragged knob, between the steps of its value
    int pressed_key_ = -1;                  // by the pointer; -1 for none
    int sent_pressure_ = 0;                 // on pressed_key_, 0–127
    int octave_ = 0;                        // shift of the computer keyboard
    std::map<unsigned, int> computer_keys_; // pressed keycodes and their notes
};

} // namespace timbrel::ui
