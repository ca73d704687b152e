// SPDX-License-Identifier: GPL-3.0-or-later
// Opens the drop-down lists and does what is chosen in them; takes typed names and numbers. Thread: control (the
// window's).
#pragma once

#include "plugin/ui/input/corner_menu.h"
#include "plugin/ui/input/sound_editor.h"
#include "plugin/ui/scene/layout.h"

#include <string_view>

namespace timbrel::ui {

class ListHandler {
  public:
    // All arguments must outlive the object.
    ListHandler(Scene& scene, const Layout& layout, UiController& controller, SoundEditor& editor, RegionSet& dirty)
        : scene_(scene), layout_(layout), controller_(controller), editor_(editor), dirty_(dirty),
          corners_(scene, controller, editor, dirty) {}

    void open(DropList::Kind kind);
    void open_corner(size_t corner);
    void close();
    void press(Point at);
    void move(Point at);
    void wheel(double up);

    // By keys, while a list is open.
    void step(int lines); // to the next line that can be chosen
    void choose_hovered();

    // While scene.name_edit is set. `text` is UTF-8.
    void type(std::string_view text);
    void erase_letter();
    void erase_all();
    void confirm_name();
    void cancel_name();

  private:
    std::vector<ListLine> preset_lines();
    void choose_line(size_t index);
    void choose(const ListLine& line, size_t corner);
    void edit_name(NameEdit::Purpose purpose, const std::string& text);
    void redraw_name();
    void redraw();

    Scene& scene_;
    const Layout& layout_;
    UiController& controller_;
    SoundEditor& editor_;
    RegionSet& dirty_;
    CornerMenu corners_;
};

} // namespace timbrel::ui
