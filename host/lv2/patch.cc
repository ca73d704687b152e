#include "host/lv2/patch.h"

#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>

#include <cstring>

namespace timbrel::host {

std::optional<PatchSet> read_patch_set(UridTable& urids, std::span<const std::byte> bytes) {
    const auto* const object = reinterpret_cast<const LV2_Atom_Object*>(bytes.data());
    if (bytes.size() < sizeof(LV2_Atom_Object) || object->atom.type != urids.map(LV2_ATOM__Object) ||
        object->body.otype != urids.map(LV2_PATCH__Set))
        return {};
    const LV2_Atom *property = nullptr, *value = nullptr;
    lv2_atom_object_get(object, urids.map(LV2_PATCH__property), &property, urids.map(LV2_PATCH__value), &value, 0);
    if (!property || property->type != urids.map(LV2_ATOM__URID) || !value) return {};
    if (value->type != urids.map(LV2_ATOM__Path) && value->type != urids.map(LV2_ATOM__String)) return {};
    const char* const uri = urids.unmap(reinterpret_cast<const LV2_Atom_URID*>(property)->body);
    const auto* const text = static_cast<const char*>(LV2_ATOM_BODY_CONST(value));
    return PatchSet{uri ? uri : "", std::string(text, strnlen(text, value->size))};
}

} // namespace timbrel::host
