// SPDX-License-Identifier: GPL-3.0-or-later
// An atom sequence in fixed memory, for one event port of a plugin. Thread: audio, after construction.
#pragma once

#include "common/realtime.h"

#include <lv2/atom/atom.h>
#include <lv2/urid/urid.h>

#include <cstdint>
#include <memory>
#include <span>

namespace timbrel::host {

class EventBuffer {
  public:
    // Control. `capacity`: bytes of the sequence with its header.
    EventBuffer(uint32_t capacity, LV2_URID sequence_type);

    // Makes it an empty sequence, for input.
    void clear() noexcept TIMBREL_REALTIME;

    // Appends an event at `frame` of the block; frames must not descend. False if the buffer is full.
    bool append(uint32_t frame, LV2_URID type, std::span<const std::byte> body) noexcept TIMBREL_REALTIME;

    // Prepares an output port: states the number of bytes that the plugin may write.
    void prepare_output() noexcept TIMBREL_REALTIME;

    // The sequence that the plugin wrote; null if it is not a sequence or exceeds the buffer.
    const LV2_Atom_Sequence* output() const noexcept TIMBREL_REALTIME;

    // The memory to connect the port to.
    void* port() { return memory_.get(); }

  private:
    LV2_Atom_Sequence* sequence() const noexcept { return reinterpret_cast<LV2_Atom_Sequence*>(memory_.get()); }

    uint32_t capacity_;
    LV2_URID type_;
    std::unique_ptr<uint64_t[]> memory_; // 64-bit words, the alignment of atoms
};

} // namespace timbrel::host
