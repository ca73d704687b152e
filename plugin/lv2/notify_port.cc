// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/notify_port.h"

#include <lv2/atom/util.h>

#include <cstring>

namespace timbrel::lv2 {

namespace {

uint32_t property_bytes(uint32_t value_bytes) {
    return static_cast<uint32_t>(sizeof(LV2_Atom_Property_Body)) + lv2_atom_pad_size(value_bytes);
}

} // namespace

void NotifyPort::begin_block(LV2_Atom_Sequence* buffer) noexcept TIMBREL_REALTIME {
    open_ = buffer && buffer->atom.size >= sizeof(LV2_Atom_Sequence_Body);
    if (!open_) return;
    lv2_atom_forge_set_buffer(&forge_, reinterpret_cast<uint8_t*>(buffer), buffer->atom.size + sizeof(LV2_Atom));
    open_ = lv2_atom_forge_sequence_head(&forge_, &sequence_, 0) != 0;
}

// False when the object with properties of that size does not fit.
bool NotifyPort::begin_object(LV2_Atom_Forge_Frame& object, LV2_URID type,
                              uint32_t property_bytes) noexcept TIMBREL_REALTIME {
    const uint32_t needed = sizeof(LV2_Atom_Event) + sizeof(LV2_Atom_Object_Body) + property_bytes;
    if (!open_ || forge_.offset + needed > forge_.size) return false;
    lv2_atom_forge_frame_time(&forge_, 0);
    lv2_atom_forge_object(&forge_, &object, 0, type);
    return true;
}

bool NotifyPort::write_property(LV2_URID property, LV2_URID type, const char* text) noexcept TIMBREL_REALTIME {
    const uint32_t length = static_cast<uint32_t>(std::strlen(text));
    const uint32_t bytes = property_bytes(sizeof property) + property_bytes(length + 1);
    LV2_Atom_Forge_Frame object;
    if (!begin_object(object, urids_.patch_set, bytes)) return false;
    lv2_atom_forge_key(&forge_, urids_.patch_property);
    lv2_atom_forge_urid(&forge_, property);
    lv2_atom_forge_key(&forge_, urids_.patch_value);
    lv2_atom_forge_typed_string(&forge_, type, text, length);
    lv2_atom_forge_pop(&forge_, &object);
    return true;
}

bool NotifyPort::write_numbers(LV2_URID type, std::span<const float> numbers) noexcept TIMBREL_REALTIME {
    const auto bytes = static_cast<uint32_t>(sizeof(LV2_Atom_Vector_Body) + numbers.size_bytes());
    LV2_Atom_Forge_Frame object;
    if (!begin_object(object, type, property_bytes(bytes))) return false;
    lv2_atom_forge_key(&forge_, urids_.numbers);
    lv2_atom_forge_vector(&forge_, sizeof(float), urids_.atom_float, static_cast<uint32_t>(numbers.size()),
                          numbers.data());
    lv2_atom_forge_pop(&forge_, &object);
    return true;
}

bool NotifyPort::write_state_changed() noexcept TIMBREL_REALTIME {
    LV2_Atom_Forge_Frame object;
    if (!begin_object(object, urids_.state_changed, 0)) return false;
    lv2_atom_forge_pop(&forge_, &object);
    return true;
}

void NotifyPort::end_block() noexcept TIMBREL_REALTIME {
    if (open_) lv2_atom_forge_pop(&forge_, &sequence_);
}

} // namespace timbrel::lv2
