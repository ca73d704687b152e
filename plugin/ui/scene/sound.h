// SPDX-License-Identifier: GPL-3.0-or-later
// The sound that the window edits, as plain data: what a side of A/B holds, what undo restores and what a preset
// contains. Thread: control (the window's).
#pragma once

#include "plugin/engine/core/parameters.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace timbrel::ui {

// A corner of the plane as the place of a sound.
struct CornerSlot {
    std::string source;                                  // as `timbrel bake` takes it, options included; empty for none
    std::string name;                                    // of the sound
    std::string refusal = {};                            // why the sound cannot be baked; empty if it can
    std::optional<std::vector<std::string>> report = {}; // what the baker noticed; nothing before it has analysed it
};

// What a sound consists of besides its parameters. Paths are empty for none.
struct SoundFiles {
    std::string bank;
    std::vector<CornerSlot> slots; // of which the bank is baked; empty for those that the bank names
    std::string scale, keyboard_map;
    std::shared_ptr<const std::vector<uint8_t>> gesture; // as states store it; null for none
};

inline bool same_gesture(const SoundFiles& a, const SoundFiles& b) {
    return a.gesture == b.gesture || (a.gesture && b.gesture && *a.gesture == *b.gesture);
}

inline bool same_files(const SoundFiles& a, const SoundFiles& b) {
    const auto same_source = [](const CornerSlot& x, const CornerSlot& y) { return x.source == y.source; };
    return same_gesture(a, b) && a.bank == b.bank && a.scale == b.scale && a.keyboard_map == b.keyboard_map &&
           (a.slots.empty() || b.slots.empty() ||
            std::equal(a.slots.begin(), a.slots.end(), b.slots.begin(), b.slots.end(), same_source));
}

// The preset that was loaded or saved last.
struct CurrentPreset {
    std::string name; // empty for none
    std::string uri;
    bool own = false; // the user's: may be replaced, renamed and deleted
    std::vector<std::pair<engine::Parameter, float>> values;
    std::optional<SoundFiles> files; // nothing for a preset of parameters only; without slots
};

struct Sound {
    std::array<float, engine::parameter_count> values{};
    SoundFiles files;
    CurrentPreset preset;
};

// A and B, two sounds to compare.
struct SoundSides {
    bool second = false;        // whether B sounds
    std::optional<Sound> other; // the one that does not sound; nothing while both are the same
};

} // namespace timbrel::ui
