// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/atoms/event_buffer.h"

#include <lv2/atom/util.h>

#include <cstring>

namespace timbrel::host {

EventBuffer::EventBuffer(uint32_t capacity, LV2_URID sequence_type)
    : capacity_(lv2_atom_pad_size(capacity)), type_(sequence_type),
      memory_(std::make_unique<uint64_t[]>(capacity_ / sizeof(uint64_t))) {
    clear();
}

void EventBuffer::clear() noexcept TIMBREL_REALTIME {
    sequence()->atom = {sizeof(LV2_Atom_Sequence_Body), type_};
    sequence()->body = {0, 0};
}

void EventBuffer::prepare_output() noexcept TIMBREL_REALTIME {
    // LV2's convention for output: size is the capacity for the body; type 0 stands for 'nothing written yet'.
    sequence()->atom = {capacity_ - static_cast<uint32_t>(sizeof(LV2_Atom)), 0};
}

bool EventBuffer::append(uint32_t frame, LV2_URID type, std::span<const std::byte> body) noexcept TIMBREL_REALTIME {
    LV2_Atom_Sequence* const sequence_atom = sequence();
    const uint32_t used = static_cast<uint32_t>(sizeof(LV2_Atom)) + lv2_atom_pad_size(sequence_atom->atom.size);
    const uint64_t needed = sizeof(LV2_Atom_Event) + uint64_t{body.size()} + 7;
    if (used + needed > capacity_) return false;
    auto* const event = reinterpret_cast<LV2_Atom_Event*>(reinterpret_cast<std::byte*>(memory_.get()) + used);
    event->time.frames = frame;
    event->body = {static_cast<uint32_t>(body.size()), type};
    std::memcpy(event + 1, body.data(), body.size());
    sequence_atom->atom.size += lv2_atom_pad_size(static_cast<uint32_t>(sizeof(LV2_Atom_Event) + body.size()));
    return true;
}

const LV2_Atom_Sequence* EventBuffer::output() const noexcept TIMBREL_REALTIME {
    const LV2_Atom_Sequence* const sequence_atom = sequence();
    if (sequence_atom->atom.type != type_ || sequence_atom->atom.size < sizeof(LV2_Atom_Sequence_Body)) return nullptr;
    return sequence_atom->atom.size <= capacity_ - sizeof(LV2_Atom) ? sequence_atom : nullptr;
}

} // namespace timbrel::host
