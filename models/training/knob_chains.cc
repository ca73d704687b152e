// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/knob_chains.h"

#include "models/recipe/recipe.h"

#include <algorithm>
#include <random>

namespace timbrel::models {
namespace {

constexpr int lowest_velocity = 30, highest_velocity = 127;

audio::KnobNote chain_note(const audio::KnobFamily& family, int64_t variant, double hold, double release) {
    std::mt19937_64 random(uint64_t(training_recipe().training_seed) * 1000003 + uint64_t(variant));
    const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    audio::KnobNote note;
    note.pitch = between(family.lowest_pitch, family.highest_pitch);
    note.velocity = between(lowest_velocity, highest_velocity);
    note.hold = hold;
    note.release = release;
    note.variant = uint64_t(variant);
    return note;
}

void render_chains(const audio::KnobFamily& family, double hold, double release,
                   const std::function<void(const SoundNote&)>& put) {
    const auto knob = family.open();
    const auto settings = training_recipe().chain_settings;
    for (int64_t variant = 0; variant < training_recipe().chains_per_family; ++variant) {
        const auto note = chain_note(family, variant, hold, release);
        std::vector<SoundNote> chain;
        try {
            for (int64_t i = 0; i < settings; ++i)
                chain.push_back({padded_sound(knob->note(note, double(i) / double(settings - 1)), hold + release),
                                 note.pitch, note.velocity});
        } catch (const audio::AudioError&) {
            continue; // the chain is left out
        }
        const bool audible = std::ranges::all_of(
            chain, [](const SoundNote& n) { return n.sound.abs().max().item<float>() >= audible_peak(); });
        if (audible) std::ranges::for_each(chain, put);
    }
}

} // namespace

std::vector<NoteGroup> knob_chain_groups(audio::KnobUse use, double hold, double release) {
    std::vector<NoteGroup> groups;
    const auto count = size_t(training_recipe().chains_per_family * training_recipe().chain_settings);
    for (const auto& family : audio::knob_families())
        if (family.use == use)
            groups.push_back({family.name, int64_t(groups.size()), count,
                              [family, hold, release](const auto& put) { render_chains(family, hold, release, put); }});
    return groups;
}

} // namespace timbrel::models
