// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/list_handler.h"

#include "plugin/ui/scene/panel_plan.h"
#include "plugin/ui/widgets/bank_list.h"
#include "plugin/ui/widgets/drop_list.h"

namespace timbrel::ui {

namespace {

using Kind = ListLine::Kind;

constexpr size_t max_name = 100; // bytes

std::vector<ListLine> random_lines() {
    std::vector<ListLine> lines = {{Kind::random_sound, "All panels", "", ""}};
    for (const PanelPlan& plan : panel_plans()) lines.push_back({Kind::random_sound, plan.title, plan.title, ""});
    lines.push_back({Kind::random_position, "Position on the plane", "", ""});
    return lines;
}

// Bytes of the UTF-8 character at the text's end.
size_t last_letter_size(std::string_view text) {
    size_t size = 0;
    while (size < text.size() && (static_cast<unsigned char>(text[text.size() - 1 - size]) & 0xc0) == 0x80) ++size;
    return std::min(text.size(), size + 1);
}

} // namespace

void ListHandler::redraw() {
    // A list hangs over the plane or over the panels.
    for (const Region region : {Region::header, Region::toolbar, Region::plane, Region::panels}) dirty_.add(region);
}

std::vector<ListLine> ListHandler::preset_lines() {
    std::vector<ListLine> lines;
    const CurrentPreset& preset = scene_.preset;
    if (preset.own && scene_.preset_changed()) lines.push_back({Kind::save, "Save " + preset.name, "", ""});
    lines.push_back({Kind::save_as, "Save as a new preset …", "", ""});
    if (preset.own) {
        lines.push_back({Kind::rename, "Rename " + preset.name + " …", "", ""});
        lines.push_back({Kind::remove, "Delete " + preset.name + " …", "", ""});
    }
    for (ListLine& line : controller_.list_presets()) lines.push_back(std::move(line));
    return lines;
}

void ListHandler::open(DropList::Kind kind) {
    DropList list;
    list.kind = kind;
    if (kind == DropList::Kind::banks) list.lines = list_banks(scene_.bank_path, controller_.can_request_file());
    if (kind == DropList::Kind::presets) list.lines = preset_lines();
    if (kind == DropList::Kind::random) list.lines = random_lines();
    scene_.list = std::move(list);
    redraw();
}

void ListHandler::close() {
    scene_.list = {};
    redraw();
}

void ListHandler::press(Point at) {
    const auto index = line_at(layout_, scene_, at);
    if (!index) return;
    const ListLine line = scene_.list.lines[*index];
    // Asks once: the line that deletes is the second one at this point.
    if (line.kind == Kind::remove && line.value.empty()) {
        scene_.list.lines[*index].text = "Click again to delete " + scene_.preset.name;
        scene_.list.lines[*index].value = scene_.preset.uri;
        return redraw();
    }
    close();
    choose(line);
}

void ListHandler::choose(const ListLine& line) {
    switch (line.kind) {
    case Kind::heading:
        return;
    case Kind::bank:
        return editor_.change_files("bank " + line.text, [&] { controller_.load_bank(line.value); });
    case Kind::file_dialog:
        return controller_.request_file();
    case Kind::preset:
        editor_.load_preset(line.value);
        return;
    case Kind::save:
        editor_.replace_preset();
        return;
    case Kind::save_as:
        return edit_name(false);
    case Kind::rename:
        return edit_name(true);
    case Kind::remove:
        editor_.delete_preset();
        return;
    case Kind::random_sound:
        return editor_.randomise(line.value);
    case Kind::random_position:
        return editor_.randomise_position();
    }
}

void ListHandler::move(Point at) {
    const auto index = line_at(layout_, scene_, at);
    if (index == scene_.list.hovered) return;
    scene_.list.hovered = index;
    redraw();
}

void ListHandler::wheel(double up) {
    const size_t last = scene_.list.lines.size() - visible_lines(layout_, scene_);
    if (up > 0 && scene_.list.first > 0) --scene_.list.first;
    if (up < 0 && scene_.list.first < last) ++scene_.list.first;
    redraw();
}

void ListHandler::edit_name(bool renames) {
    scene_.name_edit = NameEdit{renames, renames ? scene_.preset.name : std::string()};
    dirty_.add(Region::toolbar);
}

void ListHandler::type(std::string_view text) {
    if (scene_.name_edit->text.size() + text.size() <= max_name) scene_.name_edit->text += text;
    dirty_.add(Region::toolbar);
}

void ListHandler::erase_letter() {
    std::string& text = scene_.name_edit->text;
    text.resize(text.size() - last_letter_size(text));
    dirty_.add(Region::toolbar);
}

void ListHandler::erase_all() {
    scene_.name_edit->text.clear();
    dirty_.add(Region::toolbar);
}

// A name that is refused stays, so that it can be changed.
void ListHandler::confirm_name() {
    const NameEdit edit = *scene_.name_edit;
    if (edit.renames ? editor_.rename_preset(edit.text) : editor_.save_preset(edit.text)) cancel_name();
}

void ListHandler::cancel_name() {
    scene_.name_edit.reset();
    dirty_.add(Region::toolbar);
}

} // namespace timbrel::ui
