// SPDX-License-Identifier: GPL-3.0-or-later
// Opens the drop-down lists and does what is chosen in them; takes the name of a preset. Thread: control (the
// window's).
#pragma once

#include "plugin/ui/input/sound_editor.h"
#include "plugin/ui/scene/layout.h"

#include <string_view>

namespace timbrel::ui {

class ListHandler {
  public:
    // All arguments must outlive the object.
    ListHandler(Scene& scene, const Layout& layout, UiController& controller, SoundEditor& editor, RegionSet& dirty)
        : scene_(scene), layout_(layout), controller_(controller), editor_(editor), dirty_(dirty) {}

    void open(DropList::Kind kind);
    void close();
    void press(Point at);
    void move(Point at);
    void wheel(double up);

    // While scene.name_edit is set. `text` is UTF-8.
    void type(std::string_view text);
    void erase_letter();
    void erase_all();
    void confirm_name();
    void cancel_name();

  private:
    std::vector<ListLine> preset_lines();
    void choose(const ListLine& line);
    void edit_name(bool renames);
    void redraw();

    Scene& scene_;
    const Layout& layout_;
    UiController& controller_;
    SoundEditor& editor_;
    RegionSet& dirty_;
};

} // namespace timbrel::ui
