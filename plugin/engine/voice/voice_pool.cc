// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/voice/voice_pool.h"

#include <tuple>

namespace timbrel::engine {

VoicePool::VoicePool() : slots_(std::make_unique<Slot[]>(max_voices)) {
    for (uint32_t i = 0; i < max_voices; ++i) free_[i] = static_cast<uint16_t>(i);
}

std::vector<RequestChannel*> VoicePool::request_channels() {
    std::vector<RequestChannel*> all;
    for (uint32_t i = 0; i < max_voices; ++i) all.push_back(&slots_[i].voice.request_channel());
    return all;
}

template<class Match, class Action>
void VoicePool::for_each(Match match, Action action) {
    for (uint32_t i = 0; i < active_count_; ++i)
        if (auto& slot = slots_[active_[i]]; match(slot)) action(slot);
}

uint32_t VoicePool::sounding() const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < active_count_; ++i) count += slots_[active_[i]].voice.fading() ? 0 : 1;
    return count;
}

// The voice to steal: released ones first, then those held by a pedal, then those held by a key; among equals the
// quietest, then the oldest.
uint32_t VoicePool::steal_candidate() const {
    uint32_t best = max_voices;
    const auto priority = [this](uint32_t index) {
        const auto& slot = slots_[active_[index]];
        const int hold = slot.voice.released() ? 0 : slot.key_down ? 2 : 1;
        return std::tuple(hold, slot.voice.amplitude(), slot.order);
    };
    for (uint32_t i = 0; i < active_count_; ++i)
        if (!slots_[active_[i]].voice.fading() && (best == max_voices || priority(i) < priority(best))) best = i;
    return best;
}

// The voice to end at once when even the spare voices are in use: one not rendered yet, which ends without a click;
// else the quietest fading one.
uint32_t VoicePool::cut_candidate() const {
    uint32_t best = 0;
    const auto cost = [this](uint32_t index) {
        const auto& slot = slots_[active_[index]];
        return std::tuple(slot.rendered, !slot.voice.fading(), slot.voice.amplitude());
    };
    for (uint32_t i = 1; i < active_count_; ++i)
        if (cost(i) < cost(best)) best = i;
    return best;
}

void VoicePool::limit_polyphony(const VoiceContext& context, uint32_t polyphony) noexcept TIMBREL_REALTIME {
    for (uint32_t count = sounding(); count > polyphony; --count)
        slots_[active_[steal_candidate()]].voice.fade(context);
}

VoicePool::Slot& VoicePool::allocate(const VoiceContext& context, uint32_t polyphony, uint8_t channel,
                                     uint8_t key) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.channel == channel && slot.key == key; },
             [&](Slot& slot) { slot.key_down = false, slot.voice.release(context); });
    limit_polyphony(context, polyphony - 1);
    if (active_count_ == max_voices) end(cut_candidate());
    const uint16_t slot_index = free_[max_voices - 1 - active_count_];
    active_[active_count_++] = slot_index;
    auto& slot = slots_[slot_index];
    slot.order = next_order_++;
    slot.channel = channel;
    slot.key = key;
    slot.key_down = true;
    slot.sostenuto = false;
    slot.delay = 0;
    slot.rendered = false;
    return slot;
}

void VoicePool::end(uint32_t index) {
    auto& slot = slots_[active_[index]];
    --slot.voice.bank()->voices;
    slot.voice.stop();
    const uint16_t slot_index = active_[index];
    active_[index] = active_[--active_count_];
    free_[max_voices - 1 - active_count_] = slot_index;
}

void VoicePool::free_finished() noexcept TIMBREL_REALTIME {
    for (uint32_t i = active_count_; i-- > 0;)
        if (slots_[active_[i]].voice.finished()) end(i);
}

void VoicePool::end_all() noexcept TIMBREL_REALTIME {
    while (active_count_ > 0) end(active_count_ - 1);
}

void VoicePool::key_up(const VoiceContext& context, uint8_t channel, uint8_t key, bool sustained,
                       float release_speed) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel && slot.key == key; },
             [&](Slot& slot) {
                 slot.key_down = false;
                 if (sustained || slot.sostenuto) return;
                 slot.voice.set_release_speed(release_speed);
                 slot.voice.release(context);
             });
}

void VoicePool::key_pressure(uint8_t channel, uint8_t key, PlanePoint offset,
                             float tick_fraction) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel && slot.key == key; },
             [&](Slot& slot) { slot.voice.set_pressure(offset, tick_fraction); });
}

void VoicePool::clear_pressure(uint8_t channel, float tick_fraction) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.channel == channel; },
             [tick_fraction](Slot& slot) {
                 slot.voice.set_pressure({0.0f, 0.0f}, tick_fraction);
             });
}

void VoicePool::retune(const MidiTuning& tuning, const MidiTuning::Change& change,
                       float tick_fraction) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return (change.channels >> slot.channel & 1) != 0 && change.keys[slot.key]; },
             [&](Slot& slot) {
                 const float pitch = tuning.pitch(slot.channel, slot.key);
                 if (Tuning::sounds(pitch)) slot.voice.retune(pitch, tick_fraction);
             });
}

void VoicePool::sustain_up(const VoiceContext& context, uint8_t channel) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return !slot.key_down && !slot.sostenuto && slot.channel == channel; },
             [&](Slot& slot) { slot.voice.release(context); });
}

void VoicePool::sostenuto_down(uint8_t channel) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel; },
             [](Slot& slot) { slot.sostenuto = true; });
}

void VoicePool::sostenuto_up(const VoiceContext& context, uint8_t channel, bool sustained) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.sostenuto && slot.channel == channel; },
             [&](Slot& slot) {
                 slot.sostenuto = false;
                 if (!slot.key_down && !sustained) slot.voice.release(context);
             });
}

void VoicePool::fade_channel(const VoiceContext& context, uint8_t channel) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.channel == channel; }, [&](Slot& slot) { slot.voice.fade(context); });
}

void VoicePool::fade_all(const VoiceContext& context) noexcept TIMBREL_REALTIME {
    for_each([](const Slot&) { return true; }, [&](Slot& slot) { slot.voice.fade(context); });
}

VoicePool::Slot* VoicePool::newest() noexcept TIMBREL_REALTIME {
    Slot* found = nullptr;
    for_each([](const Slot& slot) { return !slot.voice.fading() && !slot.voice.released(); },
             [&](Slot& slot) {
                 if (!found || slot.order > found->order) found = &slot;
             });
    return found;
}

void VoicePool::release_all(const VoiceContext& context) noexcept TIMBREL_REALTIME {
    for_each([](const Slot&) { return true; }, [&](Slot& slot) { slot.key_down = false, slot.voice.release(context); });
}

void VoicePool::release_channel(const VoiceContext& context, uint8_t channel,
                                bool sustained) noexcept TIMBREL_REALTIME {
    for_each([&](const Slot& slot) { return slot.channel == channel; },
             [&](Slot& slot) {
                 slot.key_down = false;
                 if (!sustained) slot.voice.release(context);
             });
}

} // namespace timbrel::engine
