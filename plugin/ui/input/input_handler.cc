#include "plugin/ui/input/input_handler.h"

#include "plugin/ui/input/computer_keys.h"
#include "plugin/ui/scene/value.h"
#include "plugin/ui/widgets/bank_list.h"
#include "plugin/ui/widgets/keyboard.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::ui {

namespace {

constexpr double knob_travel = 180;  // units of the pointer's way from end to end
constexpr double fine_share = 0.1;   // of the coarse way
constexpr double knob_notch = 0.02;  // of the whole, for each notch of the wheel
constexpr float plane_notch = 0.02f; // the same on the plane, and for the arrow keys
constexpr double scroll_notch = 40;  // units
constexpr int computer_velocity = 100;
constexpr std::array zooms = {75, 100, 125, 150, 175, 200, 250, 300};

bool has_steps(engine::Parameter parameter) {
    return info(parameter).scale == engine::Scale::integer || info(parameter).scale == engine::Scale::enumeration;
}

} // namespace

void Hand::change(engine::Parameter parameter, float value) {
    value = clamped(parameter, value);
    auto& held = scene_.values[static_cast<size_t>(parameter)];
    if (held == value) return;
    held = value;
    actions_.set(parameter, value);
    if (parameter == engine::Parameter::gesture) changed_.add(Part::plane);
    changed_.add(parameter == engine::Parameter::x || parameter == engine::Parameter::y ? Part::plane : Part::panels);
}

void Hand::change_at_once(engine::Parameter parameter, float value) {
    actions_.touch(parameter, true);
    change(parameter, value);
    actions_.touch(parameter, false);
}

void Hand::touch_place(bool down) {
    actions_.touch(engine::Parameter::x, down);
    actions_.touch(engine::Parameter::y, down);
}

void Hand::move_place(engine::PlanePoint to) {
    change(engine::Parameter::x, to.x);
    change(engine::Parameter::y, to.y);
}

void Hand::press(Point at, Button button, bool fine) {
    if (held_ != Held::nothing) return;
    const Hit found = hit(layout_, scene_, at);
    last_ = at;
    if (scene_.choosing && found.what != Hit::What::list) {
        close_list();
        return;
    }
    if (button == Button::right) {
        if (found.what == Hit::What::control)
            change_at_once(found.control->parameter, info(found.control->parameter).initial);
        if (found.what == Hit::What::plane)
            for (const engine::Parameter parameter : {engine::Parameter::x, engine::Parameter::y})
                change_at_once(parameter, info(parameter).initial);
        return;
    }
    switch (found.what) {
    case Hit::What::plane:
        held_ = Held::plane;
        touch_place(true);
        scene_.finger = engine::PlanePoint{scene_.value(engine::Parameter::x), scene_.value(engine::Parameter::y)};
        return move(at, fine);
    case Hit::What::control:
        return press_control(found);
    case Hit::What::key:
        held_ = Held::keyboard;
        return strike(at);
    case Hit::What::bank:
        scene_.choices = find_choices(scene_.bank_path, actions_.can_ask_for_file());
        scene_.choosing = true;
        scene_.first_choice = 0;
        changed_.add(Part::header);
        return changed_.add(Part::plane);
    case Hit::What::list:
        return press_list(at);
    case Hit::What::theme:
        scene_.dark = !scene_.dark;
        return look_changed();
    case Hit::What::zoom:
        return step_zoom(1);
    case Hit::What::keys:
        scene_.computer_keyboard = !scene_.computer_keyboard;
        let_go();
        return look_changed();
    case Hit::What::panels:
    case Hit::What::nothing:
        return;
    }
}

void Hand::press_control(const Hit& found) {
    const engine::Parameter parameter = found.control->parameter;
    const float value = scene_.value(parameter);
    switch (found.control->kind) {
    case Control::Kind::knob:
        held_ = Held::knob;
        share_ = share_of(parameter, value);
        scene_.touched = parameter;
        changed_.add(Part::panels);
        return actions_.touch(parameter, true);
    case Control::Kind::choice:
        return change_at_once(parameter, info(parameter).points[found.option].value);
    case Control::Kind::toggle:
    case Control::Kind::loop:
        return change_at_once(parameter, value > 0.5f ? 0.0f : 1.0f);
    case Control::Kind::record:
        return change_at_once(parameter, value == 1 ? 0.0f : 1.0f);
    case Control::Kind::play:
        return change_at_once(parameter, value == 2 ? 0.0f : 2.0f);
    }
}

void Hand::press_list(Point at) {
    const auto index = choice_at(layout_, scene_, at);
    if (!index) return;
    const BankChoice choice = scene_.choices[*index];
    close_list();
    if (choice.elsewhere)
        actions_.ask_for_file();
    else
        actions_.load_bank(choice.path);
}

void Hand::close_list() {
    scene_.choosing = false;
    scene_.pointed_choice.reset();
    changed_.add(Part::header);
    changed_.add(Part::plane);
}

void Hand::move(Point at, bool fine) {
    switch (held_) {
    case Held::plane: {
        const engine::PlanePoint here = place_of(layout_.plane, at), before = place_of(layout_.plane, last_);
        const auto part = static_cast<float>(fine_share);
        *scene_.finger = fine
                             ? engine::PlanePoint{std::clamp(scene_.finger->x + part * (here.x - before.x), 0.0f, 1.0f),
                                                  std::clamp(scene_.finger->y + part * (here.y - before.y), 0.0f, 1.0f)}
                             : here;
        move_place(*scene_.finger);
        changed_.add(Part::plane);
        break;
    }
    case Held::knob:
        drag_knob(at, fine);
        break;
    case Held::keyboard:
        strike(at);
        break;
    case Held::nothing: {
        if (scene_.choosing) {
            const auto index = choice_at(layout_, scene_, at);
            if (index != scene_.pointed_choice) changed_.add(Part::plane);
            scene_.pointed_choice = index;
        }
        const Hit found = hit(layout_, scene_, at);
        point_at(found.control ? std::optional(found.control->parameter) : std::nullopt);
        break;
    }
    }
    last_ = at;
}

void Hand::drag_knob(Point at, bool fine) {
    const double way = (last_.y - at.y) + (at.x - last_.x);
    share_ = std::clamp(share_ + way / knob_travel * (fine ? fine_share : 1), 0.0, 1.0);
    change(*scene_.touched, value_at(*scene_.touched, share_));
}

void Hand::lean(double pressure) {
    const int told = static_cast<int>(std::lround(127 * pressure));
    if (held_ != Held::keyboard || key_ < 0 || told == pressure_) return;
    pressure_ = told;
    actions_.lean(key_, told);
}

void Hand::release() {
    if (held_ == Held::plane) {
        touch_place(false);
        scene_.finger.reset();
        changed_.add(Part::plane);
    }
    if (held_ == Held::knob) {
        actions_.touch(*scene_.touched, false);
        scene_.touched.reset();
        changed_.add(Part::panels);
    }
    if (held_ == Held::keyboard && key_ >= 0) {
        play(key_, 0);
        key_ = -1;
    }
    held_ = Held::nothing;
}

void Hand::wheel(Point at, double right, double up, bool fine) {
    const Hit found = hit(layout_, scene_, at);
    const double part = fine ? fine_share : 1;
    if (found.what == Hit::What::plane && held_ == Held::nothing) {
        const auto notch = plane_notch * static_cast<float>(part);
        if (right != 0)
            change_at_once(engine::Parameter::x,
                           scene_.value(engine::Parameter::x) + notch * static_cast<float>(right));
        if (up != 0)
            change_at_once(engine::Parameter::y, scene_.value(engine::Parameter::y) + notch * static_cast<float>(up));
    } else if (found.what == Hit::What::control && found.control->kind == Control::Kind::knob && up != 0) {
        const engine::Parameter parameter = found.control->parameter;
        const float value = scene_.value(parameter);
        const float stepped = value + static_cast<float>(up > 0 ? 1 : -1);
        change_at_once(parameter, has_steps(parameter)
                                      ? stepped
                                      : value_at(parameter, share_of(parameter, value) + up * knob_notch * part));
    } else if (found.what == Hit::What::list) {
        const size_t last = scene_.choices.size() - shown_choices(layout_, scene_);
        if (up > 0 && scene_.first_choice > 0) --scene_.first_choice;
        if (up < 0 && scene_.first_choice < last) ++scene_.first_choice;
        changed_.add(Part::plane);
    } else if (found.what == Hit::What::zoom && up != 0) {
        step_zoom(up > 0 ? 1 : -1);
    } else if (found.what == Hit::What::panels) {
        scroll_panels(up);
    }
}

void Hand::scroll_panels(double notches) {
    const double most = std::max(0.0, layout_.panels_height - layout_.panels.height);
    scene_.scroll = std::clamp(scene_.scroll - notches * scroll_notch, 0.0, most);
    changed_.add(Part::panels);
}

void Hand::leave() {
    if (held_ == Held::nothing) point_at({});
}

void Hand::point_at(std::optional<engine::Parameter> parameter) {
    if (parameter == scene_.pointed) return;
    scene_.pointed = parameter;
    changed_.add(Part::panels);
    changed_.add(Part::status);
}

void Hand::arrow(Arrow arrow, bool fine) {
    const auto notch = plane_notch * (fine ? static_cast<float>(fine_share) : 1.0f);
    const bool across = arrow == Arrow::left || arrow == Arrow::right;
    const bool back = arrow == Arrow::left || arrow == Arrow::down;
    const engine::Parameter parameter = across ? engine::Parameter::x : engine::Parameter::y;
    change_at_once(parameter, scene_.value(parameter) + (back ? -notch : notch));
}

void Hand::strike(Point at) {
    const auto stroke = stroke_at(layout_, at);
    const int key = stroke ? stroke->key : -1;
    if (key == key_) return;
    if (key_ >= 0) play(key_, 0);
    if (stroke) play(key, stroke->velocity);
    key_ = key;
    pressure_ = 0;
}

void Hand::play(int key, int velocity) {
    scene_.own_keys[static_cast<size_t>(key)] = velocity > 0;
    actions_.play(key, velocity);
    changed_.add(Part::keyboard);
}

void Hand::shift_octave(int octaves) { octave_ = std::clamp(octave_ + octaves, -3, 3); }

bool Hand::computer_key(unsigned keycode, bool down) {
    if (!down) {
        const auto held = computer_keys_.find(keycode);
        if (held == computer_keys_.end()) return false;
        play(held->second, 0);
        computer_keys_.erase(held);
        return true;
    }
    const auto note = computer_note(keycode);
    if (!scene_.computer_keyboard || !note) return false;
    const int key = *note + 12 * octave_;
    if (!computer_keys_.contains(keycode)) {
        computer_keys_[keycode] = key;
        play(key, computer_velocity);
    }
    return true;
}

void Hand::let_go() {
    for (const auto& [keycode, key] : computer_keys_) play(key, 0);
    computer_keys_.clear();
}

void Hand::step_zoom(int steps) {
    const auto next = std::upper_bound(zooms.begin(), zooms.end(), scene_.zoom_percent);
    if (steps > 0)
        scene_.zoom_percent = next == zooms.end() ? zooms.front() : *next;
    else
        scene_.zoom_percent = next - zooms.begin() > 1 ? *(next - 2) : zooms.front();
    look_changed();
}

void Hand::look_changed() {
    changed_.add_all();
    actions_.look_changed();
}

} // namespace timbrel::ui
