#include "plugin/lv2/plugin.h"

#include <cstring>
#include <limits>
#include <optional>

namespace timbrel::lv2 {

namespace {

LV2_Log_Logger logger_of(LV2_URID_Map& map, LV2_Log_Log* log) {
    LV2_Log_Logger logger;
    lv2_log_logger_init(&logger, &map, log);
    return logger;
}

// A property's value as text, with or without a NUL at its end. Nothing for other types.
std::optional<std::string_view> text_of(const Urids& urids, const LV2_Atom* value) {
    if (!value || (value->type != urids.atom_path && value->type != urids.atom_string)) return std::nullopt;
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return std::string_view(text, strnlen(text, value->size));
}

} // namespace

Morph::Morph(double rate, LV2_URID_Map& map, LV2_Log_Log* log)
    : urids_(map), instrument_(rate), banks_(instrument_, logger_of(map, log)),
      tunings_(instrument_, logger_of(map, log)), notify_(map, urids_), observer_(rate), song_(urids_, rate),
      worker_([this] {
          banks_.attend();
          tunings_.attend();
          instrument_.collect();
      }) {
    heard_.fill(std::numeric_limits<float>::quiet_NaN());
}

void Morph::connect(uint32_t port, void* data) {
    if (port < ports_.size()) ports_[port] = data;
}

void Morph::activate() {
    instrument_.reset();
    enabled_ = true;
}

float Morph::control(uint32_t port, float otherwise) const {
    return ports_[port] ? *static_cast<const float*>(ports_[port]) : otherwise;
}

void Morph::read_controls() {
    for (size_t i = 0; i < engine::parameter_count; ++i) {
        const auto parameter = static_cast<engine::Parameter>(i);
        const float value = control(parameter_port(parameter), heard_[i]);
        // Only a change is passed on, so that a controller's move is not undone by a port that stands still.
        if (value == heard_[i]) continue;
        heard_[i] = value;
        instrument_.set_parameter(parameter, value);
    }
    const bool enabled = !(control(port_enabled, 1.0f) <= 0.0f);
    if (enabled_ && !enabled) instrument_.release_all();
    enabled_ = enabled;
}

void Morph::read_events() {
    const auto* const events = static_cast<const LV2_Atom_Sequence*>(ports_[port_control]);
    if (!events || events->atom.type != urids_.atom_sequence) return;
    LV2_ATOM_SEQUENCE_FOREACH(events, event) {
        const auto* const bytes = reinterpret_cast<const uint8_t*>(event + 1);
        if (event->body.type == urids_.midi_event) {
            const bool note_on = event->body.size >= 3 && (bytes[0] & 0xf0) == 0x90 && bytes[2] > 0;
            if (enabled_ || !note_on)
                instrument_.midi(static_cast<uint32_t>(event->time.frames), bytes, event->body.size);
            if (const auto program = programs_.hear(bytes, event->body.size)) {
                banks_.request_program(*program);
                worker_.wake();
            }
        } else if (event->body.type == urids_.atom_object || event->body.type == urids_.atom_blank) {
            read_object(static_cast<uint32_t>(event->time.frames),
                        reinterpret_cast<const LV2_Atom_Object*>(&event->body));
        }
    }
}

void Morph::read_object(uint32_t frame, const LV2_Atom_Object* object) {
    if (object->atom.size < sizeof(LV2_Atom_Object_Body)) return;
    if (object->body.otype == urids_.time_position)
        instrument_.set_transport(frame, song_.read(object));
    else
        read_patch(object);
}

void Morph::read_patch(const LV2_Atom_Object* object) {
    const LV2_Atom *property = nullptr, *value = nullptr;
    lv2_atom_object_get(object, urids_.patch_property, &property, urids_.patch_value, &value, 0);
    LV2_URID named = 0;
    if (property && property->type == urids_.atom_urid && property->size >= sizeof named)
        named = reinterpret_cast<const LV2_Atom_URID*>(property)->body;
    if (object->body.otype == urids_.patch_get) {
        bank_to_send_ |= named == 0 || named == urids_.bank;
        tuning_to_send_ |= named == 0 || named == urids_.tuning;
        map_to_send_ |= named == 0 || named == urids_.keyboard_map;
        message_to_send_ |= named == 0 || named == urids_.message;
        if (named == urids_.display) observer_.watch();
        if (named == urids_.gesture) gesture_asked_ = gesture_to_send_ = true;
    } else if (object->body.otype == urids_.patch_set) {
        if (const auto text = text_of(urids_, value)) set_property(named, *text);
    }
}

void Morph::set_property(LV2_URID property, std::string_view text) {
    if (property == urids_.bank)
        banks_.request(text);
    else if (property == urids_.tuning)
        tunings_.request_scale(text);
    else if (property == urids_.keyboard_map)
        tunings_.request_map(text);
    else
        return;
    worker_.wake();
}

void Morph::send_reports() {
    if (banks_.take_report()) bank_to_send_ = message_to_send_ = true;
    if (tunings_.take_report()) tuning_to_send_ = map_to_send_ = message_to_send_ = true;
    notify_.begin(static_cast<LV2_Atom_Sequence*>(ports_[port_notify]));
    const auto send = [this](bool& due, LV2_URID property, LV2_URID type, const char* text) {
        due = due && !notify_.set(property, type, text);
    };
    const BankReport& bank = banks_.report();
    const TuningReport& tuning = tunings_.report();
    const char* const message = *bank.message.c_str() ? bank.message.c_str() : tuning.message.c_str();
    const engine::Notices notices = instrument_.notices();
    const uint32_t changes = bank.changes + tuning.changes + notices.recordings + notices.retunings;
    if (changes != changes_told_ && notify_.tell_changed()) changes_told_ = changes;
    send(bank_to_send_, urids_.bank, urids_.atom_path, bank.path.c_str());
    send(tuning_to_send_, urids_.tuning, urids_.atom_path, tuning.scale.c_str());
    send(map_to_send_, urids_.keyboard_map, urids_.atom_path, tuning.map.c_str());
    send(message_to_send_, urids_.message, urids_.atom_string, message);
}

void Morph::send_display(uint32_t frames) {
    if (!observer_.end(instrument_, frames)) return;
    std::array<float, max_display_numbers> numbers;
    notify_.tell(urids_.display, std::span(numbers).first(write_display(observer_.display(), numbers)));
}

void Morph::send_gesture() {
    const uint32_t gestures = instrument_.notices().gestures;
    gesture_to_send_ |= gesture_asked_ && gestures != gestures_sent_;
    if (!gesture_to_send_) return;
    std::array<engine::PlanePoint, gesture_outline_places> places;
    std::array<float, 2 * gesture_outline_places> numbers;
    const uint32_t count = instrument_.outline_gesture(places.data(), gesture_outline_places);
    for (uint32_t i = 0; i < count; ++i) numbers[2 * i] = places[i].x, numbers[2 * i + 1] = places[i].y;
    if (!notify_.tell(urids_.gesture, std::span(numbers).first(2 * count))) return;
    gesture_to_send_ = false;
    gestures_sent_ = gestures;
}

void Morph::run(uint32_t frames) {
    observer_.begin();
    read_controls();
    read_events();
    const bool freewheels = control(port_freewheel, 0.0f) > 0.0f;
    instrument_.wait_for_disk(freewheels);
    if (freewheels) worker_.wait();
    send_reports();
    if (ports_[port_latency]) *static_cast<float*>(ports_[port_latency]) = 0.0f;
    instrument_.render(static_cast<float*>(ports_[port_out_left]), static_cast<float*>(ports_[port_out_right]),
                       static_cast<const float*>(ports_[port_x_cv]), static_cast<const float*>(ports_[port_y_cv]),
                       frames);
    send_display(frames);
    send_gesture();
    notify_.end();
}

} // namespace timbrel::lv2
