// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of a corner of the plane: its lines, and what they do. Every change is one step of undo and is baked.
// Thread: control (the window's).
#pragma once

#include "plugin/ui/input/sound_editor.h"

#include <string>
#include <vector>

namespace timbrel::ui {

class CornerMenu {
  public:
    // All arguments must outlive the object.
    CornerMenu(Scene& scene, UiController& controller, SoundEditor& editor, RegionSet& dirty)
        : scene_(scene), controller_(controller), editor_(editor), dirty_(dirty) {}

    std::vector<ListLine> lines(size_t corner) const;
    void choose(const ListLine& line, size_t corner);

    // Takes a typed name, gain or tuning. False, with a notice, if it is none.
    bool confirm(const NameEdit& edit);

  private:
    std::vector<CornerSlot> slots() const; // one for each corner
    void edit_text(NameEdit::Purpose purpose, size_t corner, std::string text);
    void change(const std::string& step, const std::vector<CornerSlot>& slots);

    Scene& scene_;
    UiController& controller_;
    SoundEditor& editor_;
    RegionSet& dirty_;
};

} // namespace timbrel::ui
