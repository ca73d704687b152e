// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/input/input_handler.h"

#include "plugin/ui/input/computer_keys.h"
#include "plugin/ui/scene/value.h"
#include "plugin/ui/widgets/keyboard.h"
#include "plugin/ui/widgets/plane_corners.h"
#include "plugin/ui/widgets/toolbar.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::ui {

namespace {

using engine::Parameter;

constexpr double knob_travel = 180; // pointer distance from a knob's left end to its right end, units
constexpr char corner_hint[] = "Right click or Menu key: this corner's name, gain, tuning and report.";
constexpr char position_step[] = "position"; // the name of a step of X and Y
constexpr double fine_factor = 0.1;
constexpr double knob_notch = 0.02;  // of a knob's range, for one notch of the wheel
constexpr float plane_notch = 0.02f; // of the plane's side, for one notch or one arrow key
constexpr double scroll_notch = 40;  // units
constexpr int computer_velocity = 100;
constexpr std::array zooms = {75, 100, 125, 150, 175, 200, 250, 300};

bool has_steps(Parameter parameter) {
    return info(parameter).scale == engine::Scale::integer || info(parameter).scale == engine::Scale::enumeration;
}

} // namespace

void InputHandler::touch_position(bool down) {
    controller_.touch(Parameter::x, down);
    controller_.touch(Parameter::y, down);
}

void InputHandler::set_position(engine::PlanePoint position) {
    editor_.set(Parameter::x, position.x);
    editor_.set(Parameter::y, position.y);
}

void InputHandler::press(Point at, Button button, bool fine) {
    if (drag_ != Drag::none) return;
    const Hit hit = hit_test(layout_, scene_, at);
    last_point_ = at;
    if (scene_.name_edit) lists_.cancel_name();
    if (scene_.report_corner) return close_report();
    if (scene_.list.kind != DropList::Kind::none && hit.target != Hit::Target::list) return lists_.close();
    if (button == Button::right) return press_right(hit, at);
    switch (hit.target) {
    case Hit::Target::plane:
        return start_plane_drag(at, fine);
    case Hit::Target::stop_baking:
        return controller_.cancel_bake();
    case Hit::Target::bake_again:
        return controller_.bake_again();
    case Hit::Target::control:
        return press_control(hit);
    case Hit::Target::keyboard:
        drag_ = Drag::keyboard;
        return press_key(at);
    case Hit::Target::list:
        return lists_.press(at);
    case Hit::Target::bank_button:
        return lists_.open(DropList::Kind::banks);
    case Hit::Target::preset_button:
        return lists_.open(DropList::Kind::presets);
    case Hit::Target::random_button:
        return lists_.open(DropList::Kind::random);
    case Hit::Target::undo_button:
        return editor_.undo();
    case Hit::Target::redo_button:
        return editor_.redo();
    case Hit::Target::sides_button:
        return editor_.switch_sides();
    case Hit::Target::copy_button:
        return editor_.copy_side();
    case Hit::Target::init_button:
        return editor_.initialise();
    case Hit::Target::theme_button:
        scene_.dark = !scene_.dark;
        return settings_changed();
    case Hit::Target::zoom_button:
        return step_zoom(1);
    case Hit::Target::keyboard_button:
        scene_.computer_keyboard = !scene_.computer_keyboard;
        release_all_keys();
        return settings_changed();
    case Hit::Target::page_button:
        return show_page(hit.option);
    case Hit::Target::panel_area:
    case Hit::Target::none:
        return;
    }
}

void InputHandler::close_report() {
    scene_.report_corner.reset();
    dirty_.add(Region::plane);
}

// Opens the menu of a corner, or resets what is under the pointer to its initial value.
void InputHandler::press_right(const Hit& hit, Point at) {
    if (hit.target == Hit::Target::control)
        editor_.touch_and_set(hit.control->parameter, info(hit.control->parameter).initial);
    if (hit.target != Hit::Target::plane) return;
    if (const auto corner = corner_near(layout_.plane, scene_.bank, at)) return lists_.open_corner(*corner);
    editor_.begin(position_step);
    for (const Parameter parameter : {Parameter::x, Parameter::y})
        editor_.touch_and_set(parameter, info(parameter).initial);
    editor_.end();
}

void InputHandler::press_control(const Hit& hit) {
    const Parameter parameter = hit.control->parameter;
    const float value = scene_.value(parameter);
    switch (hit.control->kind) {
    case Control::Kind::knob:
        drag_ = Drag::knob;
        knob_position_ = knob_position(parameter, value);
        scene_.dragged = parameter;
        dirty_.add(Region::panels);
        editor_.begin(info(parameter).name);
        return controller_.touch(parameter, true);
    case Control::Kind::choice:
        return editor_.touch_and_set(parameter, info(parameter).points[hit.option].value);
    case Control::Kind::toggle:
    case Control::Kind::loop:
        return editor_.touch_and_set(parameter, value > 0.5f ? 0.0f : 1.0f);
    case Control::Kind::record:
        return editor_.touch_and_set(parameter, value == 1 ? 0.0f : 1.0f);
    case Control::Kind::play:
        return editor_.touch_and_set(parameter, value == 2 ? 0.0f : 2.0f);
    }
}

void InputHandler::drag_files(Point at) {
    const size_t corner = corner_at(scene_.bank, window_to_plane(layout_.plane, at));
    if (scene_.drop_corner != corner) dirty_.add(Region::plane);
    scene_.drop_corner = corner;
}

void InputHandler::leave_files() {
    if (scene_.drop_corner) dirty_.add(Region::plane);
    scene_.drop_corner.reset();
}

void InputHandler::drop_files(Point at, const std::vector<std::string>& paths) {
    leave_files();
    if (paths.empty()) return;
    if (paths.size() == 1 && paths.front().ends_with(".timbrel"))
        return editor_.change_files("bank", [&] { controller_.load_bank(paths.front()); });
    editor_.change_files("sounds on corners", [&] {
        controller_.drop_files(corner_at(scene_.bank, window_to_plane(layout_.plane, at)), paths);
    });
}

void InputHandler::move(Point at, bool fine) {
    switch (drag_) {
    case Drag::plane:
        drag_plane(at, fine);
        break;
    case Drag::knob:
        drag_knob(at, fine);
        break;
    case Drag::keyboard:
        press_key(at);
        break;
    case Drag::none:
        move_without_button(at);
        break;
    }
    last_point_ = at;
}

void InputHandler::start_plane_drag(Point at, bool fine) {
    drag_ = Drag::plane;
    hover({}, {}); // so that the last line shows the position
    editor_.begin(position_step);
    touch_position(true);
    scene_.drag_position = engine::PlanePoint{scene_.value(Parameter::x), scene_.value(Parameter::y)};
    move(at, fine);
}

void InputHandler::drag_plane(Point at, bool fine) {
    const engine::PlanePoint current = window_to_plane(layout_.plane, at);
    if (fine) {
        const engine::PlanePoint last = window_to_plane(layout_.plane, last_point_), from = *scene_.drag_position;
        const auto factor = static_cast<float>(fine_factor);
        scene_.drag_position = engine::PlanePoint{std::clamp(from.x + factor * (current.x - last.x), 0.0f, 1.0f),
                                                  std::clamp(from.y + factor * (current.y - last.y), 0.0f, 1.0f)};
    } else {
        scene_.drag_position = current;
    }
    set_position(*scene_.drag_position);
    dirty_.add(Region::plane);
}

void InputHandler::drag_knob(Point at, bool fine) {
    const double distance = (last_point_.y - at.y) + (at.x - last_point_.x); // up and right turn it up
    knob_position_ = std::clamp(knob_position_ + distance / knob_travel * (fine ? fine_factor : 1), 0.0, 1.0);
    editor_.set(*scene_.dragged, knob_value(*scene_.dragged, knob_position_));
}

void InputHandler::move_without_button(Point at) {
    if (scene_.list.kind != DropList::Kind::none) lists_.move(at);
    const Hit hit = hit_test(layout_, scene_, at);
    const bool near_corner = hit.target == Hit::Target::plane && corner_near(layout_.plane, scene_.bank, at);
    hover(hit.control ? std::optional(hit.control->parameter) : std::nullopt,
          near_corner ? corner_hint : toolbar_hint(layout_, scene_, at));
}

void InputHandler::aftertouch(double pressure) {
    const int midi_pressure = static_cast<int>(std::lround(127 * pressure));
    if (drag_ != Drag::keyboard || pressed_key_ < 0 || midi_pressure == sent_pressure_) return;
    sent_pressure_ = midi_pressure;
    controller_.aftertouch(pressed_key_, midi_pressure);
}

void InputHandler::release() {
    if (drag_ == Drag::plane) {
        touch_position(false);
        editor_.end();
        scene_.drag_position.reset();
        dirty_.add(Region::plane);
    }
    if (drag_ == Drag::knob) {
        controller_.touch(*scene_.dragged, false);
        editor_.end();
        scene_.dragged.reset();
        dirty_.add(Region::panels);
    }
    if (drag_ == Drag::keyboard && pressed_key_ >= 0) {
        play_note(pressed_key_, 0);
        pressed_key_ = -1;
    }
    drag_ = Drag::none;
}

void InputHandler::wheel(Point at, double right, double up, bool fine) {
    const Hit hit = hit_test(layout_, scene_, at);
    const double factor = fine ? fine_factor : 1;
    if (drag_ != Drag::none) return; // the drag is one step
    if (hit.target == Hit::Target::plane)
        wheel_plane(right, up, factor);
    else if (hit.target == Hit::Target::control && hit.control->kind == Control::Kind::knob && up != 0)
        wheel_knob(hit.control->parameter, up, factor);
    else if (hit.target == Hit::Target::list)
        lists_.wheel(up);
    else if (hit.target == Hit::Target::zoom_button && up != 0)
        step_zoom(up > 0 ? 1 : -1);
    else if (hit.target == Hit::Target::panel_area)
        scroll_panels(up);
}

void InputHandler::wheel_plane(double right, double up, double factor) {
    const float notch = plane_notch * static_cast<float>(factor);
    if (right != 0) editor_.notch(Parameter::x, scene_.value(Parameter::x) + notch * static_cast<float>(right));
    if (up != 0) editor_.notch(Parameter::y, scene_.value(Parameter::y) + notch * static_cast<float>(up));
}

void InputHandler::wheel_knob(Parameter parameter, double up, double factor) {
    const float value = scene_.value(parameter);
    editor_.notch(parameter, has_steps(parameter)
                                 ? value + static_cast<float>(up > 0 ? 1 : -1)
                                 : knob_value(parameter, knob_position(parameter, value) + up * knob_notch * factor));
}

void InputHandler::scroll_panels(double notches) {
    const double limit = std::max(0.0, layout_.panels_height - layout_.panel_area.height);
    scene_.scroll = std::clamp(scene_.scroll - notches * scroll_notch, 0.0, limit);
    dirty_.add(Region::panels);
}

void InputHandler::show_page(size_t page) {
    scene_.page = page;
    scene_.scroll = 0;
    dirty_.add(Region::panels);
}

void InputHandler::leave() {
    if (drag_ == Drag::none) hover({}, {});
}

void InputHandler::hover(std::optional<Parameter> parameter, const std::string& hint) {
    if (parameter == scene_.hovered && hint == scene_.hint) return;
    scene_.hovered = parameter;
    scene_.hint = hint;
    dirty_.add(Region::panels);
    dirty_.add(Region::status);
}

void InputHandler::arrow(Arrow arrow, bool fine) {
    const float notch = plane_notch * (fine ? static_cast<float>(fine_factor) : 1.0f);
    if (drag_ != Drag::none) return;
    if (scene_.list.kind != DropList::Kind::none && (arrow == Arrow::up || arrow == Arrow::down))
        return lists_.step(arrow == Arrow::up ? -1 : 1);
    const bool horizontal = arrow == Arrow::left || arrow == Arrow::right;
    const bool negative = arrow == Arrow::left || arrow == Arrow::down;
    const Parameter parameter = horizontal ? Parameter::x : Parameter::y;
    editor_.notch(parameter, scene_.value(parameter) + (negative ? -notch : notch));
}

void InputHandler::open_corner_menu() {
    if (drag_ != Drag::none) return;
    close();
    lists_.open_corner(corner_at(scene_.bank, {scene_.value(Parameter::x), scene_.value(Parameter::y)}));
    lists_.step(1);
}

bool InputHandler::confirm() {
    if (scene_.list.kind == DropList::Kind::none) return false;
    lists_.choose_hovered();
    return true;
}

bool InputHandler::close() {
    if (scene_.report_corner) {
        close_report();
        return true;
    }
    if (scene_.list.kind == DropList::Kind::none) return false;
    lists_.close();
    return true;
}

void InputHandler::press_key(Point at) {
    const auto hit = key_hit_at(layout_, at);
    const int key = hit ? hit->key : -1;
    if (key == pressed_key_) return;
    if (pressed_key_ >= 0) play_note(pressed_key_, 0);
    if (hit) play_note(key, hit->velocity);
    pressed_key_ = key;
    sent_pressure_ = 0;
}

void InputHandler::play_note(int key, int velocity) {
    scene_.pressed_keys[static_cast<size_t>(key)] = velocity > 0;
    controller_.play_note(key, velocity);
    dirty_.add(Region::keyboard);
}

void InputHandler::shift_octave(int octaves) { octave_ = std::clamp(octave_ + octaves, -3, 3); }

bool InputHandler::computer_key(unsigned keycode, bool down) {
    const auto pressed = computer_keys_.find(keycode);
    if (!down) {
        if (pressed == computer_keys_.end()) return false;
        play_note(pressed->second, 0);
        computer_keys_.erase(pressed);
        return true;
    }
    const auto note = note_for_keycode(keycode);
    if (!scene_.computer_keyboard || !note) return false;
    if (pressed != computer_keys_.end()) return true; // auto-repeat
    const int key = *note + 12 * octave_;
    computer_keys_[keycode] = key;
    play_note(key, computer_velocity);
    return true;
}

void InputHandler::release_all_keys() {
    for (const auto& [keycode, key] : computer_keys_) play_note(key, 0);
    computer_keys_.clear();
}

// Upwards it starts again at the smallest zoom after the largest.
void InputHandler::step_zoom(int steps) {
    const auto next = std::upper_bound(zooms.begin(), zooms.end(), scene_.zoom_percent);
    if (steps > 0)
        scene_.zoom_percent = next == zooms.end() ? zooms.front() : *next;
    else
        scene_.zoom_percent = next - zooms.begin() > 1 ? *(next - 2) : zooms.front();
    settings_changed();
}

void InputHandler::settings_changed() {
    dirty_.add_all();
    controller_.settings_changed();
}

} // namespace timbrel::ui
