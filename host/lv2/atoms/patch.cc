// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/atoms/patch.h"

#include "plugin/lv2/shared/checked_atoms.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>

#include <cstring>

namespace timbrel::host {

namespace {

// The atom as an object of this type; null if it is anything else.
const LV2_Atom_Object* as_object(UridTable& urids, std::span<const std::byte> bytes, const char* type) {
    const auto* const object = reinterpret_cast<const LV2_Atom_Object*>(bytes.data());
    const bool is = bytes.size() >= sizeof(LV2_Atom_Object) && object->atom.size <= bytes.size() - sizeof(LV2_Atom) &&
                    object->atom.type == urids.map(LV2_ATOM__Object) && object->body.otype == urids.map(type) &&
                    lv2::is_whole(*object);
    return is ? object : nullptr;
}

} // namespace

std::optional<PatchSet> read_patch_set(UridTable& urids, std::span<const std::byte> bytes) {
    const LV2_Atom_Object* const set = as_object(urids, bytes, LV2_PATCH__Set);
    const LV2_Atom *property = nullptr, *value = nullptr;
    if (set)
        lv2_atom_object_get(set, urids.map(LV2_PATCH__property), &property, urids.map(LV2_PATCH__value), &value, 0);
    if (!property || property->type != urids.map(LV2_ATOM__URID) || property->size < sizeof(LV2_URID) || !value ||
        (value->type != urids.map(LV2_ATOM__Path) && value->type != urids.map(LV2_ATOM__String)))
        return {};
    const char* const uri = urids.unmap(reinterpret_cast<const LV2_Atom_URID*>(property)->body);
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return PatchSet{uri ? uri : "", std::string(text, strnlen(text, value->size))};
}

std::vector<std::byte> make_patch_set(UridTable& urids, const char* property, const char* type,
                                      const std::string& text) {
    constexpr size_t overhead = 256; // headers and property
    std::vector<std::byte> bytes(text.size() + overhead);
    LV2_Atom_Forge forge;
    lv2_atom_forge_init(&forge, urids.map_feature());
    lv2_atom_forge_set_buffer(&forge, reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_object(&forge, &frame, 0, urids.map(LV2_PATCH__Set));
    lv2_atom_forge_key(&forge, urids.map(LV2_PATCH__property));
    lv2_atom_forge_urid(&forge, urids.map(property));
    lv2_atom_forge_key(&forge, urids.map(LV2_PATCH__value));
    lv2_atom_forge_typed_string(&forge, urids.map(type), text.c_str(), static_cast<uint32_t>(text.size()));
    lv2_atom_forge_pop(&forge, &frame);
    bytes.resize(forge.offset);
    return bytes;
}

std::vector<float> read_float_vector(UridTable& urids, std::span<const std::byte> bytes, const char* type,
                                     const char* property) {
    const LV2_Atom_Object* const object = as_object(urids, bytes, type);
    const LV2_Atom* value = nullptr;
    if (object) lv2_atom_object_get(object, urids.map(property), &value, 0);
    if (!value || value->type != urids.map(LV2_ATOM__Vector)) return {};
    const auto* const vector = reinterpret_cast<const LV2_Atom_Vector*>(value);
    if (value->size < sizeof(LV2_Atom_Vector_Body) || vector->body.child_type != urids.map(LV2_ATOM__Float)) return {};
    const auto* const first = reinterpret_cast<const float*>(&vector->body + 1);
    return {first, first + (value->size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float)};
}

} // namespace timbrel::host
