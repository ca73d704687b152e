// SPDX-License-Identifier: GPL-3.0-or-later
// Instruments with a knob: they play a note at any setting between two ends. Two settings and one between them are two
// sounds and the true sound between, from which the network learns and by which it is evaluated.
// Threads: control, worker; one thread at a time for each Knob.
#pragma once

#include "models/audio/io/audio.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::audio {

struct KnobNote {
    int pitch = 60, velocity = 100;  // MIDI
    double hold = 2.2, release = .8; // seconds
    // Decides all that is random and does not move with the knob: the other controls, the ends of the knob's range, the
    // seed of noise. The same note makes the same sound.
    uint64_t variant = 0;
};

class Knob {
  public:
    virtual ~Knob() = default;
    // The note with the knob at `setting`, 0 to 1, at 48 kHz, hold + release seconds long, at most full scale and at
    // one level for all settings of a note. Knobs that are perceived as ratios (frequencies, times, widths) move
    // logarithmically, others linearly. Throws AudioError.
    virtual Audio note(const KnobNote& note, double setting) = 0;
};

enum class KnobUse { training, development, test };

struct KnobFamily {
    std::string name;       // as "stk clarinet breath"; unique
    std::string kind;       // of change: "cutoff", "resonance", "formants", "comb", "index", "width", "registration",
                            // "attack", "decay", "brightness", "noise", "detuning", "strike", ...
    std::string instrument; // what plays, as "STK Clarinet", "amsynth"
    KnobUse use;            // families and instruments for development and test are never trained on
    int lowest_pitch = 33, highest_pitch = 93;
    std::function<std::unique_ptr<Knob>()> open;
};

// All families whose packages are installed, in a fixed order.
std::vector<KnobFamily> knob_families();

} // namespace timbrel::audio
