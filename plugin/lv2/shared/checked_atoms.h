// SPDX-License-Identifier: GPL-3.0-or-later
// Atoms of other programs, whose inner sizes may be wrong: the loops of lv2/atom/util.h read beyond such an atom.
// Thread: any; pure. An atom's own size is trusted, because only its owner knows the memory behind it.
#pragma once

#include "common/realtime.h"

#include <lv2/atom/atom.h>

#include <cstddef>
#include <cstdint>

namespace timbrel::lv2 {

constexpr uint64_t padded_atom_size(uint64_t bytes) { return (bytes + 7) / 8 * 8; }

// Calls action(event) for every event in the sequence, up to the first that does not lie within it. The action must not
// throw, and must be as real-time safe as the caller.
template<class Action>
void for_each_event(const LV2_Atom_Sequence& sequence, Action action) noexcept TIMBREL_REALTIME {
    const uint64_t end = sizeof(LV2_Atom) + uint64_t{sequence.atom.size};
    const auto* const first = reinterpret_cast<const std::byte*>(&sequence);
    for (uint64_t at = sizeof(LV2_Atom_Sequence); at + sizeof(LV2_Atom_Event) <= end;) {
        const auto* const event = reinterpret_cast<const LV2_Atom_Event*>(first + at);
        const uint64_t bytes = sizeof(LV2_Atom_Event) + uint64_t{event->body.size};
        if (bytes > end - at) return;
        action(*event);
        at += padded_atom_size(bytes);
    }
}

// Whether every property lies within the object, as lv2_atom_object_get() takes for granted.
inline bool is_whole(const LV2_Atom_Object& object) noexcept TIMBREL_REALTIME {
    if (object.atom.size < sizeof(LV2_Atom_Object_Body)) return false;
    const uint64_t end = sizeof(LV2_Atom) + uint64_t{object.atom.size};
    const auto* const first = reinterpret_cast<const std::byte*>(&object);
    uint64_t at = sizeof(LV2_Atom_Object);
    while (at < end) {
        constexpr uint64_t head = offsetof(LV2_Atom_Property_Body, value) + sizeof(LV2_Atom);
        if (head > end - at) return false;
        const auto* const property = reinterpret_cast<const LV2_Atom_Property_Body*>(first + at);
        const uint64_t bytes = head + property->value.size;
        if (bytes > end - at) return false;
        at += padded_atom_size(bytes);
    }
    return true;
}

} // namespace timbrel::lv2
