// The voices and who plays them: starting, releasing, holding by pedal, stealing. Real time but for construction.
#pragma once

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
    // One voice in play, and the key that it belongs to.
    struct Slot {
        Voice voice;
        uint64_t order = 0; // of starting
        uint8_t channel = 0, key = 0;
        bool key_down = false;
        bool sostenuto = false; // held by that pedal
        uint32_t delay = 0;     // frames of the coming stretch before the note begins
        bool heard = false;     // rendered at least once
    };

    VoicePool();                      // off the audio thread: allocates all voices
    std::vector<StreamLink*> links(); // off the audio thread: of all voices, valid as long as the pool

    // The slot for a new note, after making room within `polyphony`; its voice is still to be started.
    Slot& claim(const VoiceContext& context, uint32_t polyphony, uint8_t channel, uint8_t key);

    // `release_speed`: see Voice::set_release_speed(); for a key that is not sustained.
    void key_up(const VoiceContext& context, uint8_t channel, uint8_t key, bool sustained, float release_speed);
    void key_pressure(uint8_t channel, uint8_t key, PlanePoint offset, float rest);
    void clear_pressure(uint8_t channel, float rest);
    void pedal_up(const VoiceContext& context, uint8_t channel); // the sustain pedal
    void sostenuto_down(uint8_t channel);
    void sostenuto_up(const VoiceContext& context, uint8_t channel, bool sustained);
    void release_all(const VoiceContext& context); // whatever keys and pedals say
    void release_channel(const VoiceContext& context, uint8_t channel, bool sustained);
    void fade_beyond(const VoiceContext& context, uint32_t polyphony); // the least needed ones
    void fade_channel(const VoiceContext& context, uint8_t channel);
    void fade_all(const VoiceContext& context);
    void retune(const MidiTuning& tuning, const MidiTuning::Change& change, float rest);
    Slot* newest(); // of the voices that neither fade nor are released; null when there is none
    void end_finished();
    void end_all();

    // The voices in play, in no order.
    uint32_t size() const { return playing_count_; }
    Slot& operator[](uint32_t index) { return slots_[playing_[index]]; }
    const Slot& operator[](uint32_t index) const { return slots_[playing_[index]]; }

  private:
    uint32_t sounding() const; // not counting those that fade
    uint32_t least_needed() const;
    uint32_t cheapest_to_cut() const;
    void end(uint32_t index);
    template<class Match, class Action>
    void for_each(Match match, Action action);

    std::unique_ptr<Slot[]> slots_;
    std::array<uint16_t, max_voices> playing_, resting_;
    uint32_t playing_count_ = 0;
    uint64_t started_ = 0;
};

} // namespace timbrel::engine
