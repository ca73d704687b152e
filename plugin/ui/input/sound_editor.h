// SPDX-License-Identifier: GPL-3.0-or-later
// Changes the sound on behalf of the user's hand, with undo and redo, A/B, random values and presets. Undo leaves alone
// what the host has moved since. Thread: control (the window's).
#pragma once

#include "plugin/ui/editing/edit_history.h"
#include "plugin/ui/input/ui_controller.h"
#include "plugin/ui/scene/scene.h"
#include "plugin/ui/widgets/drawing.h"

#include <functional>
#include <random>
#include <string>
#include <string_view>

namespace timbrel::ui {

class SoundEditor {
  public:
    // All arguments must outlive the object.
    SoundEditor(Scene& scene, UiController& controller, RegionSet& dirty)
        : scene_(scene), controller_(controller), dirty_(dirty) {}

    // Everything that is set between begin() and end() is one step. begin() and end() may not be nested.
    void begin(std::string name);
    void set(engine::Parameter parameter, float value);
    void end();

    // A step of one parameter, with the host's touch. Notches in a row are one step.
    void touch_and_set(engine::Parameter parameter, float value);
    void notch(engine::Parameter parameter, float value);

    // A step that changes bank, corners or tuning by calls of the controller.
    void change_files(const std::string& name, const std::function<void()>& change);

    void undo();
    void redo();

    void switch_sides(); // A ↔ B
    void copy_side();    // to the side that does not sound

    void initialise();                           // all parameters but X and Y
    void randomise(std::string_view panel = {}); // the panel's, or all; never X and Y
    void randomise_position();                   // X and Y only

    // Presets. What fails is shown as a notice; false then.
    bool load_preset(const std::string& uri);
    bool save_preset(const std::string& name);
    bool replace_preset();
    bool rename_preset(const std::string& name);
    bool delete_preset();

  private:
    Sound sound() const;
    void take(const Sound& sound); // within a step
    void set_files(const SoundFiles& files);
    void set_preset(CurrentPreset preset);
    bool apply(const EditStep& step, bool forward);
    void finish(EditStep step);
    void show_history();
    bool attempt(const std::function<void()>& work);

    Scene& scene_;
    UiController& controller_;
    RegionSet& dirty_;
    EditHistory history_;
    std::optional<EditStep> open_; // between begin() and end()
    std::mt19937 generator_{std::random_device{}()};
};

} // namespace timbrel::ui
