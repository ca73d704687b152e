// Atom sequences that go in and out of a plugin's event ports. The memory is fixed, so filling one is wait-free.
#pragma once

#include <lv2/atom/atom.h>
#include <lv2/urid/urid.h>

#include <cstdint>
#include <memory>
#include <span>

namespace timbrel::host {

class EventBuffer {
  public:
    // capacity: bytes of the whole sequence, its header included.
    EventBuffer(uint32_t capacity, LV2_URID sequence_type);

    // Makes it an empty sequence, for input.
    void clear();

    // Appends an event at `frame` of the block; frames must not descend. False when the buffer is full.
    bool append(uint32_t frame, LV2_URID type, std::span<const std::byte> body);

    // Tells the plugin how much it may write, for output.
    void offer();

    // What the plugin wrote; null if it left something that is no sequence within the memory.
    const LV2_Atom_Sequence* written() const;

    void* port() { return memory_.get(); }

  private:
    LV2_Atom_Sequence* sequence() const { return reinterpret_cast<LV2_Atom_Sequence*>(memory_.get()); }

    uint32_t capacity_;
    LV2_URID type_;
    std::unique_ptr<uint64_t[]> memory_; // 64-bit words, because atoms are aligned so
};

} // namespace timbrel::host
