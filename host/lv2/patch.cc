#include "host/lv2/patch.h"

#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>

#include <cstring>

namespace timbrel::host {

namespace {

// The property and value of a patch:Set; nulls when it is something else.
struct Setting {
    Setting(UridTable& urids, std::span<const std::byte> bytes) {
        const auto* const object = reinterpret_cast<const LV2_Atom_Object*>(bytes.data());
        if (bytes.size() < sizeof(LV2_Atom_Object) || object->atom.type != urids.map(LV2_ATOM__Object) ||
            object->body.otype != urids.map(LV2_PATCH__Set))
            return;
        const LV2_Atom *key = nullptr, *found = nullptr;
        lv2_atom_object_get(object, urids.map(LV2_PATCH__property), &key, urids.map(LV2_PATCH__value), &found, 0);
        if (!key || key->type != urids.map(LV2_ATOM__URID) || !found) return;
        property = reinterpret_cast<const LV2_Atom_URID*>(key)->body;
        value = found;
    }
    LV2_URID property = 0;
    const LV2_Atom* value = nullptr;
};

} // namespace

std::optional<PatchSet> read_patch_set(UridTable& urids, std::span<const std::byte> bytes) {
    const auto [property, value] = Setting(urids, bytes);
    if (!value || (value->type != urids.map(LV2_ATOM__Path) && value->type != urids.map(LV2_ATOM__String))) return {};
    const char* const uri = urids.unmap(property);
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return PatchSet{uri ? uri : "", std::string(text, strnlen(text, value->size))};
}

std::vector<float> read_patch_numbers(UridTable& urids, std::span<const std::byte> bytes, const char* property) {
    const auto [named, value] = Setting(urids, bytes);
    if (!value || named != urids.map(property) || value->type != urids.map(LV2_ATOM__Vector)) return {};
    const auto* const vector = reinterpret_cast<const LV2_Atom_Vector*>(value);
    if (value->size < sizeof(LV2_Atom_Vector_Body) || vector->body.child_type != urids.map(LV2_ATOM__Float)) return {};
    const auto* const first = reinterpret_cast<const float*>(&vector->body + 1);
    return {first, first + (value->size - sizeof(LV2_Atom_Vector_Body)) / sizeof(float)};
}

} // namespace timbrel::host
