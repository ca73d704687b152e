// SPDX-License-Identifier: GPL-3.0-or-later
// All voices and the keys they belong to: allocation, release, pedals, voice stealing.
// Thread: audio, except the constructor and request_channels().
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/engine_limits.h"
#include "plugin/engine/midi/midi_tuning.h"
#include "plugin/engine/voice/voice.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace timbrel::engine {

class VoicePool {
  public:
    // An active voice and its key.
    struct Slot {
        Voice voice;
        uint64_t order = 0; // counts started notes
        uint8_t channel = 0, key = 0;
        bool key_down = false;
        bool sostenuto = false; // held by the sostenuto pedal
        uint32_t delay = 0;     // frames of the coming chunk before the note starts
        bool rendered = false;  // at least once
    };

    VoicePool(); // Thread: control. Allocates all voices.
    // Thread: control. One for each voice, valid as long as the pool.
    std::vector<RequestChannel*> request_channels();

    // A slot for a new note, whose voice the caller starts. Releases a note of the same key and fades others beyond
    // `polyphony`.
    Slot& allocate(const VoiceContext& context, uint32_t polyphony, uint8_t channel,
                   uint8_t key) noexcept TIMBREL_REALTIME;

    // `sustained`: the sustain pedal is down, so that the note is not released. `release_speed`: see
    // Voice::set_release_speed().
    void key_up(const VoiceContext& context, uint8_t channel, uint8_t key, bool sustained,
                float release_speed) noexcept TIMBREL_REALTIME;
    void key_pressure(uint8_t channel, uint8_t key, PlanePoint offset, float tick_fraction) noexcept TIMBREL_REALTIME;
    void clear_pressure(uint8_t channel, float tick_fraction) noexcept TIMBREL_REALTIME;
    void sustain_up(const VoiceContext& context, uint8_t channel) noexcept TIMBREL_REALTIME;
    void sostenuto_down(uint8_t channel) noexcept TIMBREL_REALTIME;
    void sostenuto_up(const VoiceContext& context, uint8_t channel, bool sustained) noexcept TIMBREL_REALTIME;
    void release_all(const VoiceContext& context) noexcept TIMBREL_REALTIME; // regardless of keys and pedals
    void release_channel(const VoiceContext& context, uint8_t channel, bool sustained) noexcept TIMBREL_REALTIME;
    void limit_polyphony(const VoiceContext& context, uint32_t polyphony) noexcept TIMBREL_REALTIME; // fades the rest
    void fade_channel(const VoiceContext& context, uint8_t channel) noexcept TIMBREL_REALTIME;
    void fade_all(const VoiceContext& context) noexcept TIMBREL_REALTIME;
    void retune(const MidiTuning& tuning, const MidiTuning::Change& change,
                float tick_fraction) noexcept TIMBREL_REALTIME;
    // The newest voice that is neither released nor fading; null when there is none.
    Slot* newest() noexcept TIMBREL_REALTIME;
    void free_finished() noexcept TIMBREL_REALTIME;
    void end_all() noexcept TIMBREL_REALTIME; // at once

    // The active voices, in no particular order.
    uint32_t size() const noexcept TIMBREL_REALTIME { return active_count_; }
    Slot& operator[](uint32_t index) noexcept TIMBREL_REALTIME { return slots_[active_[index]]; }
    const Slot& operator[](uint32_t index) const noexcept TIMBREL_REALTIME { return slots_[active_[index]]; }

  private:
    uint32_t sounding() const; // active voices that do not fade
    uint32_t steal_candidate() const;
    uint32_t cut_candidate() const;
    void end(uint32_t index);
    template<class Match, class Action>
    void for_each(Match match, Action action);

    std::unique_ptr<Slot[]> slots_;
    std::array<uint16_t, max_voices> active_, free_; // indices into slots_; free_ is a stack
    uint32_t active_count_ = 0;
    uint64_t next_order_ = 0;
};

} // namespace timbrel::engine
