#include "plugin/ui/window/plugin_window.h"

#include "plugin/engine/bank/bank_error.h"
#include "plugin/ui/widgets/status_line.h"
#include "plugin/ui/window/window_settings.h"

#include <lv2/core/lv2_util.h>
#include <lv2/options/options.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timbrel::ui {

namespace {

constexpr double ask_seconds = lv2::display_lease_seconds / 3;
constexpr double health_seconds = 0.5; // between changes of the load shown
constexpr float least_step = 0.0005f;  // on the plane, that can be seen

Scene first_scene() {
    Scene scene;
    for (size_t i = 0; i < engine::parameter_count; ++i) scene.values[i] = engine::parameters[i].initial;
    const Look look = read_look();
    scene.dark = look.dark;
    scene.zoom_percent = look.zoom_percent;
    scene.computer_keyboard = look.computer_keyboard;
    return scene;
}

// The parameter of a control port; Parameter::count for another port.
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

PluginWindow::PluginWindow(const HostFeatures& host, LV2UI_Write_Function write, LV2UI_Controller controller)
    : host_(host), controller_(controller), messages_(*host.map, write, controller), scene_(first_scene()),
      window_(host.parent, host.scale, scene_, *this) {
    if (host_.resize) host_.resize->ui_resize(host_.resize->handle, window_.wished_width(), window_.wished_height());
}

bool PluginWindow::idle() {
    scene_.now = std::chrono::duration<double>(std::chrono::steady_clock::now() - opened_).count();
    if (!introduced_) {
        messages_.ask_for_bank();
        messages_.ask_for_gesture();
        introduced_ = true;
    }
    if (scene_.now - asked_ > ask_seconds) {
        asked_ = scene_.now;
        messages_.ask_for_display();
    }
    forget_trail();
    window_.idle();
    return !window_.closed();
}

void PluginWindow::port_event(uint32_t port, uint32_t size, uint32_t format, const void* buffer) {
    if (format == 0 && size == sizeof(float)) return show_value(port, *static_cast<const float*>(buffer));
    const Told told = messages_.read(format, size, buffer);
    if (const auto* const bank = std::get_if<BankTold>(&told)) show(*bank);
    if (const auto* const message = std::get_if<MessageTold>(&told)) show(*message);
    if (const auto* const gesture = std::get_if<GestureTold>(&told)) show(*gesture);
    if (const auto* const display = std::get_if<lv2::Display>(&told)) show(*display);
}

void PluginWindow::show_value(uint32_t port, float value) {
    const engine::Parameter parameter = parameter_at(port);
    if (parameter == engine::Parameter::count || !std::isfinite(value)) return;
    auto& held = scene_.values[static_cast<size_t>(parameter)];
    if (held == value) return;
    held = value;
    if (parameter == engine::Parameter::gesture) window_.changed().add(Part::plane);
    if (parameter != engine::Parameter::x && parameter != engine::Parameter::y)
        return window_.changed().add(Part::panels);
    // Until the plugin tells where it plays, what is set must do.
    if (scene_.health.rate <= 0) move_puck({scene_.value(engine::Parameter::x), scene_.value(engine::Parameter::y)});
}

void PluginWindow::show(const BankTold& told) {
    scene_.bank_path = told.path;
    scene_.bank = {};
    try {
        if (!told.path.empty()) scene_.bank = read_bank_picture(told.path);
    } catch (const engine::BankError&) {
        // The plugin says why in a message of its own.
    }
    ++scene_.bank_changes;
    window_.changed().add(Part::header);
    window_.changed().add(Part::plane);
}

void PluginWindow::show(const MessageTold& told) {
    scene_.message = told.text;
    window_.changed().add(Part::plane);
}

void PluginWindow::show(const GestureTold& told) {
    scene_.gesture = told.way;
    window_.changed().add(Part::plane);
}

void PluginWindow::show(const lv2::Display& told) {
    move_puck({told.x, told.y});
    const auto same = [](const NotePuck& a, const NotePuck& b) {
        return a.key == b.key && std::fabs(a.place.x - b.place.x) < least_step &&
               std::fabs(a.place.y - b.place.y) < least_step;
    };
    std::vector<NotePuck> notes;
    std::bitset<128> keys;
    for (const engine::SoundingNote& note : std::span(told.notes).first(told.note_count)) {
        notes.push_back({note.key, note.place});
        keys.set(note.key);
    }
    if (!std::equal(notes.begin(), notes.end(), scene_.notes.begin(), scene_.notes.end(), same)) {
        scene_.notes = std::move(notes);
        window_.changed().add(Part::plane);
    }
    if (keys != scene_.keys) {
        scene_.keys = keys;
        window_.changed().add(Part::keyboard);
    }
    const bool counts = static_cast<int>(told.voices) != scene_.health.voices ||
                        static_cast<int>(told.misses) != scene_.health.misses ||
                        static_cast<int>(told.lost_events) != scene_.health.lost_events;
    if (!counts && scene_.now - told_health_ < health_seconds) return;
    const std::string before = health_text(scene_);
    scene_.health = {static_cast<int>(told.voices),
                     static_cast<int>(told.misses),
                     static_cast<int>(told.lost_events),
                     told.load,
                     told.rate,
                     static_cast<int>(told.block)};
    told_health_ = scene_.now;
    if (health_text(scene_) != before) window_.changed().add(Part::status);
}

void PluginWindow::move_puck(engine::PlanePoint place) {
    if (std::fabs(place.x - scene_.place.x) < least_step && std::fabs(place.y - scene_.place.y) < least_step) return;
    if (scene_.trail.empty()) scene_.trail.push_back({scene_.place, scene_.now});
    scene_.place = place;
    scene_.trail.push_back({place, scene_.now});
    window_.changed().add(Part::plane);
    if (!scene_.pointed) window_.changed().add(Part::status);
}

void PluginWindow::forget_trail() {
    if (scene_.trail.empty()) return;
    const auto fresh = std::find_if(scene_.trail.begin(), scene_.trail.end(),
                                    [&](const Footprint& print) { return scene_.now - print.time < trail_seconds; });
    scene_.trail.erase(scene_.trail.begin(), fresh);
    window_.changed().add(Part::plane);
}

void PluginWindow::touch(engine::Parameter parameter, bool down) {
    if (host_.touch) host_.touch->touch(host_.touch->handle, lv2::parameter_port(parameter), down);
}

void PluginWindow::set(engine::Parameter parameter, float value) {
    messages_.set(parameter, value);
    if (scene_.health.rate <= 0) move_puck({scene_.value(engine::Parameter::x), scene_.value(engine::Parameter::y)});
}

void PluginWindow::ask_for_file() {
    host_.request_value->request(host_.request_value->handle, messages_.urids().bank, messages_.urids().atom_path,
                                 nullptr);
}

void PluginWindow::look_changed() {
    write_look({scene_.dark, scene_.zoom_percent, scene_.computer_keyboard});
    const int width = window_.wished_width(), height = window_.wished_height();
    window_.resize(width, height);
    if (host_.resize) host_.resize->ui_resize(host_.resize->handle, width, height);
}

} // namespace timbrel::ui
