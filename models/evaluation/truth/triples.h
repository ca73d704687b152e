// SPDX-License-Identifier: GPL-3.0-or-later
// Triples of sounds for the evaluation of truth: a note at two settings of a knob, and at settings between them.
// Thread: control, except where noted.
#pragma once

#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <functional>
#include <string>
#include <vector>

namespace timbrel::models {

inline constexpr double truth_seconds = 2; // of each note that are compared, as in a bank; the key is held for longer

struct TruthTriple {
    // The note with the knob at `setting`, 0–1: [2, frames] at 48 kHz. Throws AudioError.
    using Player = std::function<Tensor(double setting)>;

    std::string group;            // one of truth_groups
    std::string family;           // of knobs, or the body, or the preset
    std::string note;             // what plays at which pitch, for reports
    int pitch = 60;               // MIDI
    double velocity = 100;        // that the network is given
    std::function<Player()> open; // worker; a player serves one thread at a time. Throws AudioError.
};

inline constexpr char trained_group[] = "trained kinds of change", bodies_group[] = "bodies over held-out recordings",
                      held_out_group[] = "held-out families and synths", velocity_group[] = "velocity";

// The triples of a split, group by group:
//   trained kinds of change  families of knobs that training uses, with other variants (KnobNote::variant): other ends
//                            of the knob's range, other values of all other controls
//   bodies                   all kinds of bodies over recordings of presets that training does not use
//   held-out families        families of knobs and synths that training does not use
//   velocity                 one key at velocities 40 and 120; presets that training does not use whose timbre depends
//                            on the velocity, because several layers are recorded or because a synth follows it. The
//                            Debian fonts of which training uses nothing have no layers; these are presets of other
//                            fonts that training skips, and mda's instruments
// Families that are not installed are missing. Throws std::runtime_error with one line that names a missing package.
std::vector<TruthTriple> truth_triples(Split split);

} // namespace timbrel::models
