// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/plugin_connection.h"

#include "plugin/lv2/shared/checked_atoms.h"

#include <lv2/atom/util.h>

#include <array>
#include <cstring>
#include <span>

namespace timbrel::ui {

namespace {

// The text of a string or path, with or without a final NUL.
std::string string_value(const LV2_Atom* value) {
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return {text, strnlen(text, value->size)};
}

// The message's urn:timbrel:numbers; empty if it has none.
std::span<const float> float_vector(const lv2::Urids& urids, const LV2_Atom_Object* object) {
    const LV2_Atom* value = nullptr;
    lv2_atom_object_get(object, urids.numbers, &value, 0);
    const auto* const vector = reinterpret_cast<const LV2_Atom_Vector*>(value);
    if (!value || value->type != urids.atom_vector || value->size < sizeof(LV2_Atom_Vector_Body) ||
        vector->body.child_type != urids.atom_float || vector->body.child_size != sizeof(float))
        return {};
    return {reinterpret_cast<const float*>(&vector->body + 1),
            (value->size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float)};
}

std::vector<engine::PlanePoint> plane_points(std::span<const float> numbers) {
    std::vector<engine::PlanePoint> points;
    for (; numbers.size() >= 2; numbers = numbers.subspan(2)) points.push_back({numbers[0], numbers[1]});
    return points;
}

} // namespace

PluginConnection::PluginConnection(LV2_URID_Map& map, LV2UI_Write_Function write, LV2UI_Controller controller)
    : urids_(map), event_transfer_(map.map(map.handle, LV2_ATOM__eventTransfer)), write_(write),
      controller_(controller) {
    lv2_atom_forge_init(&forge_, &map);
}

void PluginConnection::set_parameter(engine::Parameter parameter, float value) {
    write_(controller_, lv2::parameter_port(parameter), sizeof value, 0, &value);
}

void PluginConnection::send(const LV2_Atom* atom) {
    write_(controller_, lv2::port_control, lv2_atom_total_size(atom), event_transfer_, atom);
}

void PluginConnection::send_midi(int status, int data1, int data2) {
    struct {
        LV2_Atom atom;
        uint8_t bytes[8];
    } message{{3, urids_.midi_event},
              {static_cast<uint8_t>(status), static_cast<uint8_t>(data1), static_cast<uint8_t>(data2)}};
    send(&message.atom);
}

void PluginConnection::play_note(int key, int velocity) { send_midi(velocity > 0 ? 0x90 : 0x80, key, velocity); }

void PluginConnection::aftertouch(int key, int pressure) { send_midi(0xa0, key, pressure); }

void PluginConnection::set_path(LV2_URID property, const std::string& path) {
    if (path.size() >= lv2::path_bytes) return;
    alignas(LV2_Atom) std::array<uint8_t, lv2::path_bytes + 256> buffer;
    lv2_atom_forge_set_buffer(&forge_, buffer.data(), buffer.size());
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_object(&forge_, &frame, 0, urids_.patch_set);
    lv2_atom_forge_key(&forge_, urids_.patch_property);
    lv2_atom_forge_urid(&forge_, property);
    lv2_atom_forge_key(&forge_, urids_.patch_value);
    lv2_atom_forge_path(&forge_, path.c_str(), static_cast<uint32_t>(path.size()));
    lv2_atom_forge_pop(&forge_, &frame);
    send(reinterpret_cast<const LV2_Atom*>(buffer.data()));
}

void PluginConnection::get(LV2_URID property) {
    alignas(LV2_Atom) std::array<uint8_t, 128> buffer;
    lv2_atom_forge_set_buffer(&forge_, buffer.data(), buffer.size());
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_object(&forge_, &frame, 0, urids_.patch_get);
    lv2_atom_forge_key(&forge_, urids_.patch_property);
    lv2_atom_forge_urid(&forge_, property);
    lv2_atom_forge_pop(&forge_, &frame);
    send(reinterpret_cast<const LV2_Atom*>(buffer.data()));
}

void PluginConnection::request_texts() {
    for (const LV2_URID property :
         {urids_.bank, urids_.recipe, urids_.tuning, urids_.keyboard_map, urids_.message, urids_.tuning_master})
        get(property);
}

void PluginConnection::request_gesture() { get(urids_.gesture); }

void PluginConnection::request_display() { get(urids_.display); }

PluginMessage PluginConnection::parse(uint32_t format, uint32_t size, const void* buffer) const {
    const auto* const object = static_cast<const LV2_Atom_Object*>(buffer);
    if (format != event_transfer_ || size < sizeof(LV2_Atom_Object) || lv2_atom_total_size(&object->atom) > size)
        return {};
    const bool is_object = object->atom.type == urids_.atom_object || object->atom.type == urids_.atom_blank;
    if (!is_object || !lv2::is_whole(*object)) return {};
    if (object->body.otype == urids_.gesture) return GestureMessage{plane_points(float_vector(urids_, object))};
    if (object->body.otype == urids_.display) return lv2::read_display(float_vector(urids_, object));
    if (object->body.otype != urids_.patch_set) return {};
    const LV2_Atom *property = nullptr, *value = nullptr;
    lv2_atom_object_get(object, urids_.patch_property, &property, urids_.patch_value, &value, 0);
    if (!property || property->type != urids_.atom_urid || property->size < sizeof(LV2_URID) || !value) return {};
    const LV2_URID property_urid = reinterpret_cast<const LV2_Atom_URID*>(property)->body;
    if (value->type == urids_.atom_path) {
        if (property_urid == urids_.bank) return BankMessage{string_value(value)};
        if (property_urid == urids_.tuning) return ScaleMessage{string_value(value)};
        if (property_urid == urids_.keyboard_map) return KeyboardMapMessage{string_value(value)};
    }
    if (value->type != urids_.atom_string) return {};
    if (property_urid == urids_.notice) return NoticeMessage{string_value(value)};
    if (property_urid == urids_.recipe) return RecipeMessage{string_value(value)};
    if (property_urid == urids_.message) return ErrorMessage{string_value(value)};
    if (property_urid == urids_.tuning_master) return TuningMasterMessage{string_value(value)};
    return {};
}

} // namespace timbrel::ui
