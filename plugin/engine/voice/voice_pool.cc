#include "plugin/engine/voice/voice_pool.h"

#include <tuple>

namespace timbrel::engine {

VoicePool::VoicePool() : slots_(std::make_unique<Slot[]>(max_voices)) {
    for (uint32_t i = 0; i < max_voices; ++i) resting_[i] = static_cast<uint16_t>(i);
}

std::vector<StreamLink*> VoicePool::links() {
    std::vector<StreamLink*> all;
    for (uint32_t i = 0; i < max_voices; ++i) all.push_back(&slots_[i].voice.link());
    return all;
}

template<class Match, class Action>
void VoicePool::for_each(Match match, Action action) {
    for (uint32_t i = 0; i < playing_count_; ++i)
        if (auto& slot = slots_[playing_[i]]; match(slot)) action(slot);
}

uint32_t VoicePool::sounding() const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < playing_count_; ++i) count += slots_[playing_[i]].voice.fading() ? 0 : 1;
    return count;
}

// Released before held by the pedal before held by a key; among equals the quietest, then the oldest.
uint32_t VoicePool::least_needed() const {
    uint32_t best = max_voices;
    const auto need = [this](uint32_t index) {
        const auto& slot = slots_[playing_[index]];
        const int hold = slot.voice.released() ? 0 : slot.key_down ? 2 : 1;
        return std::tuple(hold, slot.voice.amplitude(), slot.order);
    };
    for (uint32_t i = 0; i < playing_count_; ++i)
        if (!slots_[playing_[i]].voice.fading() && (best == max_voices || need(i) < need(best))) best = i;
    return best;
}

// When even the spare voices are taken, one that nobody has heard yet can go without a click; else the faintest fade.
uint32_t VoicePool::cheapest_to_cut() const {
    uint32_t best = 0;
    const auto cost = [this](uint32_t index) {
        const auto& slot = slots_[playing_[index]];
        return std::tuple(slot.heard, !slot.voice.fading(), slot.voice.amplitude());
    };
    for (uint32_t i = 1; i < playing_count_; ++i)
        if (cost(i) < cost(best)) best = i;
    return best;
}

void VoicePool::fade_beyond(const VoiceContext& context, uint32_t polyphony) {
    for (uint32_t count = sounding(); count > polyphony; --count) slots_[playing_[least_needed()]].voice.fade(context);
}

VoicePool::Slot& VoicePool::claim(const VoiceContext& context, uint32_t polyphony, uint8_t channel, uint8_t key) {
    for_each([&](const Slot& slot) { return slot.channel == channel && slot.key == key; },
             [&](Slot& slot) { slot.key_down = false, slot.voice.release(context); });
    fade_beyond(context, polyphony - 1);
    if (playing_count_ == max_voices) end(cheapest_to_cut());
    const uint16_t which = resting_[max_voices - 1 - playing_count_];
    playing_[playing_count_++] = which;
    auto& slot = slots_[which];
    slot.order = started_++;
    slot.channel = channel;
    slot.key = key;
    slot.key_down = true;
    slot.sostenuto = false;
    slot.delay = 0;
    slot.heard = false;
    return slot;
}

void VoicePool::end(uint32_t index) {
    auto& slot = slots_[playing_[index]];
    --slot.voice.bank()->voices;
    slot.voice.stop();
    const uint16_t which = playing_[index];
    playing_[index] = playing_[--playing_count_];
    resting_[max_voices - 1 - playing_count_] = which;
}

void VoicePool::end_finished() {
    for (uint32_t i = playing_count_; i-- > 0;)
        if (slots_[playing_[i]].voice.finished()) end(i);
}

void VoicePool::end_all() {
    while (playing_count_ > 0) end(playing_count_ - 1);
}

void VoicePool::key_up(const VoiceContext& context, uint8_t channel, uint8_t key, bool sustained, float release_speed) {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel && slot.key == key; },
             [&](Slot& slot) {
                 slot.key_down = false;
                 if (sustained || slot.sostenuto) return;
                 slot.voice.set_release_speed(release_speed);
                 slot.voice.release(context);
             });
}

void VoicePool::key_pressure(uint8_t channel, uint8_t key, PlanePoint offset, float rest) {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel && slot.key == key; },
             [&](Slot& slot) { slot.voice.set_pressure(offset, rest); });
}

void VoicePool::clear_pressure(uint8_t channel, float rest) {
    for_each([&](const Slot& slot) { return slot.channel == channel; },
             [rest](Slot& slot) {
                 slot.voice.set_pressure({0.0f, 0.0f}, rest);
             });
}

void VoicePool::retune(const MidiTuning& tuning, const MidiTuning::Change& change, float rest) {
    for_each([&](const Slot& slot) { return (change.channels >> slot.channel & 1) != 0 && change.keys[slot.key]; },
             [&](Slot& slot) {
                 const float pitch = tuning.pitch(slot.channel, slot.key);
                 if (Tuning::sounds(pitch)) slot.voice.retune(pitch, rest);
             });
}

void VoicePool::pedal_up(const VoiceContext& context, uint8_t channel) {
    for_each([&](const Slot& slot) { return !slot.key_down && !slot.sostenuto && slot.channel == channel; },
             [&](Slot& slot) { slot.voice.release(context); });
}

void VoicePool::sostenuto_down(uint8_t channel) {
    for_each([&](const Slot& slot) { return slot.key_down && slot.channel == channel; },
             [](Slot& slot) { slot.sostenuto = true; });
}

void VoicePool::sostenuto_up(const VoiceContext& context, uint8_t channel, bool sustained) {
    for_each([&](const Slot& slot) { return slot.sostenuto && slot.channel == channel; },
             [&](Slot& slot) {
                 slot.sostenuto = false;
                 if (!slot.key_down && !sustained) slot.voice.release(context);
             });
}

void VoicePool::fade_channel(const VoiceContext& context, uint8_t channel) {
    for_each([&](const Slot& slot) { return slot.channel == channel; }, [&](Slot& slot) { slot.voice.fade(context); });
}

void VoicePool::fade_all(const VoiceContext& context) {
    for_each([](const Slot&) { return true; }, [&](Slot& slot) { slot.voice.fade(context); });
}

VoicePool::Slot* VoicePool::newest() {
    Slot* found = nullptr;
    for_each([](const Slot& slot) { return !slot.voice.fading() && !slot.voice.released(); },
             [&](Slot& slot) {
                 if (!found || slot.order > found->order) found = &slot;
             });
    return found;
}

void VoicePool::release_all(const VoiceContext& context) {
    for_each([](const Slot&) { return true; }, [&](Slot& slot) { slot.key_down = false, slot.voice.release(context); });
}

void VoicePool::release_channel(const VoiceContext& context, uint8_t channel, bool sustained) {
    for_each([&](const Slot& slot) { return slot.channel == channel; },
             [&](Slot& slot) {
                 slot.key_down = false;
                 if (!sustained) slot.voice.release(context);
             });
}

} // namespace timbrel::engine
