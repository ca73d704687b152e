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

void ListHandler::open_corner(size_t corner) {
    DropList list;
    list.kind = DropList::Kind::corner;
    list.corner = corner;
    list.lines = corners_.lines(corner);
    scene_.list = std::move(list);
    redraw();
}

void ListHandler::close() {
    scene_.list = {};
    redraw();
}

void ListHandler::press(Point at) {
    if (const auto index = line_at(layout_, scene_, at)) choose_line(*index);
}

void ListHandler::choose_line(size_t index) {
    const ListLine line = scene_.list.lines[index];
    // Asks once: the line that deletes is the second one at this point.
    if (line.kind == Kind::remove && line.value.empty()) {
        scene_.list.lines[index].text = "Click again to delete " + scene_.preset.name;
        scene_.list.lines[index].value = scene_.preset.uri;
        return redraw();
    }
    const size_t corner = scene_.list.corner;
    close();
    choose(line, corner);
}

void ListHandler::choose_hovered() {
    if (scene_.list.hovered) choose_line(*scene_.list.hovered);
}

void ListHandler::step(int lines) {
    DropList& list = scene_.list;
    const auto count = static_cast<int>(list.lines.size());
    int index = list.hovered ? static_cast<int>(*list.hovered) : lines > 0 ? -1 : count;
    do index += lines;
    while (index >= 0 && index < count && list.lines[static_cast<size_t>(index)].kind == Kind::heading);
    if (index < 0 || index >= count) return;
    list.hovered = static_cast<size_t>(index);
    const size_t visible = visible_lines(layout_, scene_);
    if (*list.hovered < list.first) list.first = *list.hovered;
    if (*list.hovered >= list.first + visible) list.first = *list.hovered - visible + 1;
    redraw();
}

void ListHandler::choose(const ListLine& line, size_t corner) {
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
        return edit_name(NameEdit::Purpose::save_preset, {});
    case Kind::rename:
        return edit_name(NameEdit::Purpose::rename_preset, scene_.preset.name);
    case Kind::remove:
        editor_.delete_preset();
        return;
    case Kind::random_sound:
        return editor_.randomise(line.value);
    case Kind::random_position:
        return editor_.randomise_position();
    case Kind::corner_name:
    case Kind::corner_gain:
    case Kind::corner_tune:
    case Kind::corner_swap:
    case Kind::corner_clear:
    case Kind::corner_report:
        return corners_.choose(line, corner);
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

void ListHandler::redraw_name() {
    dirty_.add(Region::toolbar);
    dirty_.add(Region::plane);
}

void ListHandler::edit_name(NameEdit::Purpose purpose, const std::string& text) {
    scene_.name_edit = NameEdit{purpose, text};
    redraw_name();
}

void ListHandler::type(std::string_view text) {
    if (scene_.name_edit->text.size() + text.size() <= max_name) scene_.name_edit->text += text;
    redraw_name();
}

void ListHandler::erase_letter() {
    std::string& text = scene_.name_edit->text;
    text.resize(text.size() - last_letter_size(text));
    redraw_name();
}

void ListHandler::erase_all() {
    scene_.name_edit->text.clear();
    redraw_name();
}

// A text that is refused stays, so that it can be changed.
void ListHandler::confirm_name() {
    const NameEdit edit = *scene_.name_edit;
    const bool taken = edit.is_of_corner()                                ? corners_.confirm(edit)
                       : edit.purpose == NameEdit::Purpose::rename_preset ? editor_.rename_preset(edit.text)
                                                                          : editor_.save_preset(edit.text);
    if (taken) cancel_name();
}

void ListHandler::cancel_name() {
    scene_.name_edit.reset();
    redraw_name();
}

} // namespace timbrel::ui
