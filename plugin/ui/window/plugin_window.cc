// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/plugin_window.h"

#include "plugin/engine/bank/bank_error.h"
#include "plugin/ui/widgets/status_line.h"
#include "plugin/ui/window/window_settings.h"

#include <lv2/core/lv2_util.h>
#include <lv2/options/options.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace timbrel::ui {

namespace {

constexpr double display_request_seconds = lv2::display_lease_seconds / 3;
constexpr double status_update_seconds = 0.5; // while only the load changes
constexpr double preset_seconds = 0.5;        // from the window's opening to the look for the preset that plays
constexpr float min_visible_step = 0.0005f;   // on the plane

// Whether two positions look the same.
bool same_position(engine::PlanePoint a, engine::PlanePoint b) {
    return std::fabs(a.x - b.x) < min_visible_step && std::fabs(a.y - b.y) < min_visible_step;
}

Scene initial_scene() {
    Scene scene;
    for (size_t i = 0; i < engine::parameter_count; ++i) scene.values[i] = engine::parameters[i].initial;
    const WindowSettings settings = read_window_settings();
    scene.dark = settings.dark;
    scene.zoom_percent = settings.zoom_percent;
    scene.computer_keyboard = settings.computer_keyboard;
    return scene;
}

// The parameter of a control port; Parameter::count for any other port.
engine::Parameter parameter_at(uint32_t port) {
    for (size_t i = 0; i < engine::parameter_count; ++i)
        if (lv2::parameter_port(static_cast<engine::Parameter>(i)) == port) return static_cast<engine::Parameter>(i);
    return engine::Parameter::count;
}

} // namespace

HostFeatures::HostFeatures(const LV2_Feature* const* features)
    : map(static_cast<LV2_URID_Map*>(lv2_features_data(features, LV2_URID__map))),
      resize(static_cast<LV2UI_Resize*>(lv2_features_data(features, LV2_UI__resize))),
      touch(static_cast<LV2UI_Touch*>(lv2_features_data(features, LV2_UI__touch))),
      request_value(static_cast<LV2UI_Request_Value*>(lv2_features_data(features, LV2_UI__requestValue))),
      parent(reinterpret_cast<Window>(lv2_features_data(features, LV2_UI__parent))) {
    const auto* option = static_cast<const LV2_Options_Option*>(lv2_features_data(features, LV2_OPTIONS__options));
    if (!map || !option) return;
    const LV2_URID factor = map->map(map->handle, LV2_UI__scaleFactor), real = map->map(map->handle, LV2_ATOM__Float);
    for (; option->key != 0 || option->value; ++option)
        if (option->key == factor && option->type == real && option->size == sizeof(float))
            scale = std::clamp(*static_cast<const float*>(option->value), 0.5f, 4.0f);
}

PluginWindow::PluginWindow(const HostFeatures& host, const PluginIdentity& plugin, LV2UI_Write_Function write,
                           LV2UI_Controller controller)
    : host_(host), plugin_(*host.map, write, controller), scene_(initial_scene()),
      presets_(scene_, plugin.uri, plugin.bundle), window_(host.parent, host.scale, scene_, *this) {
    if (host_.resize)
        host_.resize->ui_resize(host_.resize->handle, window_.preferred_width(), window_.preferred_height());
}

bool PluginWindow::idle() {
    scene_.now = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (!requested_initial_state_) {
        plugin_.request_texts();
        plugin_.request_gesture();
        requested_initial_state_ = true;
    }
    if (scene_.now - last_display_request_ > display_request_seconds) {
        last_display_request_ = scene_.now;
        plugin_.request_display();
    }
    expire_trail();
    expire_notice();
    recognise_preset();
    follow_bake();
    follow_gesture();
    window_.idle();
    return !window_.closed();
}

void PluginWindow::port_event(uint32_t port, uint32_t size, uint32_t format, const void* buffer) {
    if (format == 0 && size == sizeof(float)) return show_value(port, *static_cast<const float*>(buffer));
    const PluginMessage message = plugin_.parse(format, size, buffer);
    std::visit(
        [this](const auto& known) {
            if constexpr (!std::is_same_v<decltype(known), const std::monostate&>) show(known);
        },
        message);
}

void PluginWindow::show_value(uint32_t port, float value) {
    const engine::Parameter parameter = parameter_at(port);
    if (parameter == engine::Parameter::count || !std::isfinite(value)) return;
    float& current = scene_.values[static_cast<size_t>(parameter)];
    if (current == value) return;
    current = value;
    if (parameter == engine::Parameter::gesture) window_.dirty().add(Region::plane);
    if (parameter == engine::Parameter::x || parameter == engine::Parameter::y)
        show_parameter_position();
    else
        window_.dirty().add(Region::panels);
    if (!scene_.preset.name.empty()) window_.dirty().add(Region::toolbar); // the mark that something has changed
}

// Until the plugin reports where it plays, the puck follows the parameters X and Y.
void PluginWindow::show_parameter_position() {
    if (scene_.status.sample_rate <= 0)
        move_puck({scene_.value(engine::Parameter::x), scene_.value(engine::Parameter::y)});
}

void PluginWindow::show(const BankMessage& message) {
    requested_bank_.reset();
    scene_.bank_path = message.path;
    scene_.bank = {};
    try {
        if (!message.path.empty()) scene_.bank = read_bank_picture(message.path);
    } catch (const engine::BankError&) {
        // The plugin explains it in an ErrorMessage.
    }
    baker_.take_bank();
    ++scene_.bank_revision;
    for (const Region region : {Region::header, Region::toolbar, Region::plane}) window_.dirty().add(region);
}

void PluginWindow::show(const RecipeMessage& message) {
    baker_.take_lost_bank(lv2::read_recipe(message.text));
    window_.dirty().add(Region::plane);
}

void PluginWindow::show(const ScaleMessage& message) {
    scene_.scale = message.path;
    window_.dirty().add(Region::toolbar);
}

void PluginWindow::show(const KeyboardMapMessage& message) {
    scene_.keyboard_map = message.path;
    window_.dirty().add(Region::toolbar);
}

void PluginWindow::show(const NoticeMessage& message) {
    scene_.notify(message.text);
    window_.dirty().add(Region::status);
}

void PluginWindow::show(const ErrorMessage& message) {
    scene_.message = message.text;
    window_.dirty().add(Region::plane);
}

void PluginWindow::show(const TuningMasterMessage& message) {
    scene_.tuning_master = message.text;
    window_.dirty().add(Region::status);
}

void PluginWindow::show(const GestureMessage& message) {
    scene_.gesture = message.path;
    scene_.gesture_bytes.reset();
    if (!message.path.empty()) gestures_.request();
    window_.dirty().add(Region::plane);
}

void PluginWindow::show(const lv2::DisplayMessage& display) {
    move_puck({display.x, display.y});
    show_notes(display);
    show_status(display);
}

void PluginWindow::show_notes(const lv2::DisplayMessage& display) {
    const auto same = [](const NoteMarker& a, const NoteMarker& b) {
        return a.key == b.key && same_position(a.position, b.position);
    };
    std::vector<NoteMarker> notes;
    std::bitset<128> keys;
    for (const engine::ActiveNote& note : std::span(display.notes).first(display.note_count)) {
        notes.push_back({note.key, note.position});
        keys.set(note.key);
    }
    if (!std::equal(notes.begin(), notes.end(), scene_.notes.begin(), scene_.notes.end(), same)) {
        scene_.notes = std::move(notes);
        window_.dirty().add(Region::plane);
    }
    if (keys != scene_.sounding_keys) {
        scene_.sounding_keys = keys;
        window_.dirty().add(Region::keyboard);
    }
}

void PluginWindow::show_status(const lv2::DisplayMessage& display) {
    const UiStatus status = {static_cast<int>(display.voices),
                             static_cast<int>(display.dropouts),
                             static_cast<int>(display.lost_events),
                             display.load,
                             display.rate,
                             static_cast<int>(display.block)};
    const bool counts_changed = status.voices != scene_.status.voices || status.dropouts != scene_.status.dropouts ||
                                status.lost_events != scene_.status.lost_events;
    if (!counts_changed && scene_.now - last_status_update_ < status_update_seconds) return;
    const std::string before = status_text(scene_);
    scene_.status = status;
    last_status_update_ = scene_.now;
    if (status_text(scene_) != before) window_.dirty().add(Region::status);
}

void PluginWindow::move_puck(engine::PlanePoint position) {
    if (same_position(position, scene_.position)) return;
    if (scene_.trail.empty()) scene_.trail.push_back({scene_.position, scene_.now});
    scene_.position = position;
    scene_.trail.push_back({position, scene_.now});
    window_.dirty().add(Region::plane);
    if (!scene_.hovered) window_.dirty().add(Region::status);
}

void PluginWindow::expire_trail() {
    if (scene_.trail.empty()) return;
    const auto first_visible = std::find_if(scene_.trail.begin(), scene_.trail.end(), [&](const TrailPoint& point) {
        return scene_.now - point.time < trail_seconds;
    });
    scene_.trail.erase(scene_.trail.begin(), first_visible);
    window_.dirty().add(Region::plane);
}

void PluginWindow::expire_notice() {
    if (scene_.notice.text.empty() || scene_.now < scene_.notice.until) return;
    scene_.notice = {};
    window_.dirty().add(Region::status);
}

// Once, when the host has sent all values: it may have loaded a preset.
void PluginWindow::recognise_preset() {
    if (looked_for_preset_ || scene_.now < preset_seconds) return;
    looked_for_preset_ = true;
    if (!scene_.preset.name.empty() || !scene_.undo_name.empty()) return;
    scene_.preset = presets_.recognise();
    window_.dirty().add(Region::toolbar);
}

void PluginWindow::touch(engine::Parameter parameter, bool down) {
    if (host_.touch) host_.touch->touch(host_.touch->handle, lv2::parameter_port(parameter), down);
}

void PluginWindow::set_parameter(engine::Parameter parameter, float value) {
    plugin_.set_parameter(parameter, value);
    show_parameter_position();
}

void PluginWindow::load_bank(const std::string& path) {
    requested_bank_ = path;
    plugin_.set_bank(path);
}

SoundFiles PluginWindow::files() const {
    if (requested_bank_) return {*requested_bank_, {}, scene_.scale, scene_.keyboard_map, scene_.gesture_bytes};
    const std::string output = baker_.output();
    return {output.empty() ? scene_.bank_path : output, scene_.slots, scene_.scale, scene_.keyboard_map,
            scene_.gesture_bytes};
}

void PluginWindow::restore_files(const SoundFiles& files) {
    SoundFiles current = this->files();
    if (files.scale != current.scale) plugin_.set_scale(scene_.scale = files.scale);
    if (files.keyboard_map != current.keyboard_map) plugin_.set_keyboard_map(scene_.keyboard_map = files.keyboard_map);
    if (!same_gesture(files, current)) gestures_.send(scene_.gesture_bytes = files.gesture);
    current.gesture = files.gesture;
    current.scale = files.scale;
    current.keyboard_map = files.keyboard_map;
    if (same_files(current, files)) return;
    if (const auto bank = baker_.restore(files.bank, files.slots)) load_bank(*bank);
    window_.dirty().add(Region::plane);
}

void PluginWindow::drop_files(size_t corner, const std::vector<std::string>& paths) {
    try {
        baker_.drop(corner, paths);
    } catch (const std::exception& error) {
        scene_.message = error.what();
    }
    window_.dirty().add(Region::plane);
}

void PluginWindow::set_corners(const std::vector<CornerSlot>& slots) {
    try {
        if (!baker_.set_corners(slots)) load_bank({});
    } catch (const std::exception& error) {
        scene_.message = error.what();
    }
    window_.dirty().add(Region::plane);
}

void PluginWindow::bake_again() {
    try {
        baker_.bake_lost_bank();
    } catch (const std::exception& error) {
        scene_.message = error.what();
    }
    window_.dirty().add(Region::plane);
}

void PluginWindow::cancel_bake() {
    baker_.cancel();
    window_.dirty().add(Region::plane);
}

void PluginWindow::follow_bake() {
    const PlaneBaker::Update update = baker_.update();
    if (update.changed) window_.dirty().add(Region::plane);
    if (update.bank) plugin_.set_bank(*update.bank);
}

void PluginWindow::follow_gesture() {
    const auto gesture = gestures_.take();
    if (!gesture) return;
    scene_.gesture_bytes = *gesture;
    window_.dirty().add(Region::toolbar);
}

void PluginWindow::request_file() {
    host_.request_value->request(host_.request_value->handle, plugin_.urids().bank, plugin_.urids().atom_path, nullptr);
}

void PluginWindow::settings_changed() {
    write_window_settings({scene_.dark, scene_.zoom_percent, scene_.computer_keyboard});
    const int width = window_.preferred_width(), height = window_.preferred_height();
    window_.resize(width, height);
    if (host_.resize) host_.resize->ui_resize(host_.resize->handle, width, height);
}

} // namespace timbrel::ui
