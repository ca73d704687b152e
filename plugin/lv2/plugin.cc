// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/plugin.h"

#include "plugin/lv2/shared/checked_atoms.h"

#include <cstring>
#include <limits>
#include <optional>

namespace timbrel::lv2 {

namespace {

LV2_Log_Logger make_logger(LV2_URID_Map& map, LV2_Log_Log* log) {
    LV2_Log_Logger logger;
    lv2_log_logger_init(&logger, &map, log);
    return logger;
}

// The value of a text property; its NUL is optional. Nothing for other types.
std::optional<std::string_view> text_of(const Urids& urids, const LV2_Atom* value) {
    if (!value || (value->type != urids.atom_path && value->type != urids.atom_string)) return std::nullopt;
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return std::string_view(text, strnlen(text, value->size));
}

const char* describe(engine::TuningMasterStatus status) {
    switch (status) {
    case engine::TuningMasterStatus::absent:
        break;
    case engine::TuningMasterStatus::followed:
        return "tuned by MTS-ESP";
    case engine::TuningMasterStatus::scale_overrides:
        return "MTS-ESP off: a scale is set";
    case engine::TuningMasterStatus::message_overrides:
        return "MTS-ESP off where MIDI tunes";
    }
    return "";
}

} // namespace

Plugin::Plugin(double rate, LV2_URID_Map& map, LV2_Log_Log* log)
    : urids_(map), synth_(rate), banks_(synth_, make_logger(map, log)), tunings_(synth_, make_logger(map, log)),
      gesture_files_(synth_), notify_port_(map, urids_), ui_notifier_(rate), song_(urids_, rate), worker_([this] {
          banks_.process_requests();
          tunings_.process_requests();
          gesture_files_.process_requests();
          synth_.free_unused_banks();
      }) {
    last_controls_.fill(std::numeric_limits<float>::quiet_NaN());
}

void Plugin::connect(uint32_t port, void* data) noexcept TIMBREL_REALTIME {
    if (port < ports_.size()) ports_[port] = data;
}

void Plugin::activate() {
    synth_.reset();
    enabled_ = true;
}

float Plugin::control(uint32_t port, float fallback) const {
    return ports_[port] ? *static_cast<const float*>(ports_[port]) : fallback;
}

void Plugin::read_controls() {
    for (size_t i = 0; i < engine::parameter_count; ++i) {
        const auto parameter = static_cast<engine::Parameter>(i);
        const float value = control(parameter_port(parameter), last_controls_[i]);
        // Passes on changes only: an unchanged port must not override a MIDI controller.
        if (value == last_controls_[i]) continue;
        last_controls_[i] = value;
        synth_.set_parameter(parameter, value);
    }
    const bool enabled = !(control(port_enabled, 1.0f) <= 0.0f);
    if (enabled_ && !enabled) synth_.release_all();
    enabled_ = enabled;
}

void Plugin::read_events() noexcept TIMBREL_REALTIME {
    const auto* const events = static_cast<const LV2_Atom_Sequence*>(ports_[port_control]);
    if (!events || events->atom.type != urids_.atom_sequence) return;
    for_each_event(*events, [this](const LV2_Atom_Event& event) {
        const auto frame = static_cast<uint32_t>(event.time.frames);
        if (event.body.type == urids_.midi_event)
            read_midi(frame, reinterpret_cast<const uint8_t*>(&event + 1), event.body.size);
        else if (event.body.type == urids_.atom_object || event.body.type == urids_.atom_blank)
            read_object(frame, reinterpret_cast<const LV2_Atom_Object*>(&event.body));
    });
}

void Plugin::read_midi(uint32_t frame, const uint8_t* bytes, uint32_t size) noexcept TIMBREL_REALTIME {
    const bool note_on = size >= 3 && (bytes[0] & 0xf0) == 0x90 && bytes[2] > 0;
    if (enabled_ || !note_on) synth_.midi(frame, bytes, size);
    if (const auto program = program_selector_.process(bytes, size)) {
        banks_.request_program(*program);
        worker_.wake();
    }
}

void Plugin::read_object(uint32_t frame, const LV2_Atom_Object* object) {
    if (!is_whole(*object)) return;
    if (object->body.otype == urids_.time_position)
        synth_.set_transport(frame, song_.read(object));
    else
        read_patch(object);
}

void Plugin::read_patch(const LV2_Atom_Object* object) {
    const LV2_Atom *property = nullptr, *value = nullptr;
    lv2_atom_object_get(object, urids_.patch_property, &property, urids_.patch_value, &value, 0);
    LV2_URID property_urid = 0;
    if (property && property->type == urids_.atom_urid && property->size >= sizeof property_urid)
        property_urid = reinterpret_cast<const LV2_Atom_URID*>(property)->body;
    if (object->body.otype == urids_.patch_get) {
        const bool all = property_urid == 0;
        send_bank_ |= all || property_urid == urids_.bank;
        send_tuning_ |= all || property_urid == urids_.tuning;
        send_map_ |= all || property_urid == urids_.keyboard_map;
        send_message_ |= all || property_urid == urids_.message;
        send_recipe_ |= property_urid == urids_.recipe;
        send_tuning_master_ |= all || property_urid == urids_.tuning_master;
        if (property_urid == urids_.display) ui_notifier_.renew_lease();
        if (property_urid == urids_.gesture) gesture_requested_ = send_gesture_ = true;
    } else if (object->body.otype == urids_.patch_set) {
        if (const auto text = text_of(urids_, value)) set_property(property_urid, *text);
    }
}

void Plugin::set_property(LV2_URID property, std::string_view text) {
    if (property == urids_.bank)
        banks_.request(text);
    else if (property == urids_.tuning)
        tunings_.request_scale(text);
    else if (property == urids_.keyboard_map)
        tunings_.request_map(text);
    else if (property == urids_.gesture_export)
        gesture_files_.request_export(text);
    else if (property == urids_.gesture_import)
        gesture_files_.request_import(text);
    else
        return;
    worker_.wake();
}

void Plugin::send_reports() {
    if (banks_.take_report()) {
        send_bank_ = send_message_ = true;
        send_recipe_ |= sent_recipe_ || *banks_.report().recipe.c_str();
    }
    if (tunings_.take_report()) send_tuning_ = send_map_ = send_message_ = true;
    notify_port_.begin_block(static_cast<LV2_Atom_Sequence*>(ports_[port_notify]));
    const auto send = [this](bool& pending, LV2_URID property, LV2_URID type, const char* text) {
        pending = pending && !notify_port_.write_property(property, type, text);
    };
    const BankReport& bank = banks_.report();
    const TuningReport& tuning = tunings_.report();
    const char* const message = *bank.message.c_str() ? bank.message.c_str() : tuning.message.c_str();
    const engine::EngineStatus status = synth_.status();
    const uint32_t changes =
        bank.changes + tuning.changes + status.recordings + status.retunings + gesture_files_.imported();
    if (changes != last_sent_changes_ && notify_port_.write_state_changed()) last_sent_changes_ = changes;
    send(send_bank_, urids_.bank, urids_.atom_path, bank.path.c_str());
    send(send_tuning_, urids_.tuning, urids_.atom_path, tuning.scale.c_str());
    send(send_map_, urids_.keyboard_map, urids_.atom_path, tuning.map.c_str());
    send(send_message_, urids_.message, urids_.atom_string, message);
    if (send_recipe_) {
        send(send_recipe_, urids_.recipe, urids_.atom_string, bank.recipe.c_str());
        if (!send_recipe_) sent_recipe_ = *bank.recipe.c_str();
    }
    send_tuning_master_ |= status.tuning_master != tuning_master_;
    tuning_master_ = status.tuning_master;
    send(send_tuning_master_, urids_.tuning_master, urids_.atom_string, describe(tuning_master_));
}

void Plugin::send_display(uint32_t frames) {
    if (!ui_notifier_.end_block(synth_, frames)) return;
    std::array<float, max_display_numbers> numbers;
    notify_port_.write_numbers(urids_.display,
                               std::span(numbers).first(write_display(ui_notifier_.display(), numbers)));
}

void Plugin::send_gesture() {
    const uint32_t gestures = synth_.status().gestures;
    send_gesture_ |= gesture_requested_ && gestures != last_sent_gesture_count_;
    if (!send_gesture_) return;
    std::array<engine::PlanePoint, gesture_outline_points> points;
    std::array<float, 2 * gesture_outline_points> numbers;
    const uint32_t count = synth_.outline_gesture(points.data(), gesture_outline_points);
    for (uint32_t i = 0; i < count; ++i) numbers[2 * i] = points[i].x, numbers[2 * i + 1] = points[i].y;
    if (!notify_port_.write_numbers(urids_.gesture, std::span(numbers).first(2 * count))) return;
    send_gesture_ = false;
    last_sent_gesture_count_ = gestures;
}

// The loader finds out whether the bank's file is the cause.
void Plugin::report_dropouts() {
    const uint32_t dropouts = synth_.status().dropouts;
    if (dropouts == last_dropouts_) return;
    last_dropouts_ = dropouts;
    worker_.wake();
}

void Plugin::run(uint32_t frames) {
    ui_notifier_.begin_block();
    read_controls();
    read_events();
    const bool freewheeling = control(port_freewheel, 0.0f) > 0.0f;
    synth_.wait_for_disk(freewheeling);
    if (freewheeling) worker_.wait();
    send_reports();
    if (ports_[port_latency]) *static_cast<float*>(ports_[port_latency]) = 0.0f;
    synth_.render(static_cast<float*>(ports_[port_out_left]), static_cast<float*>(ports_[port_out_right]),
                  static_cast<const float*>(ports_[port_x_cv]), static_cast<const float*>(ports_[port_y_cv]), frames);
    report_dropouts();
    send_display(frames);
    send_gesture();
    notify_port_.end_block();
}

} // namespace timbrel::lv2
