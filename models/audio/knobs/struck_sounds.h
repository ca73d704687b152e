// SPDX-License-Identifier: GPL-3.0-or-later
// Synthesised hits of what rings: sums of inharmonic modes with decays and beats of their own, known exactly. For tests
// and evaluation. Threads: any; pure.
#pragma once

#include "models/audio/io/audio.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timbrel::audio {

struct StruckMode {
    double hertz = 0;
    double amplitude = 0; // peak of a cosine at the hit
    double fall = 0;      // dB per second
    double beat = 0;      // Hz between the two tones of which the mode consists; 0: a single one
    double rise = 0.001;  // seconds until it has its amplitude: long where other modes feed it, as in a gong
    double phase = 0;     // radians at the hit
    double side = 0;      // radians by which the left channel leads the right one
};

struct StruckSound {
    std::vector<StruckMode> modes;
    double glide = 0;  // semitones above its pitch at the hit, as of a skin; ends after about 0.1 s
    double index = 0;  // of frequency modulation at the hit
    double knock = 0;  // amplitude of noise at the hit, which lasts 20 ms
    double hiss = 0;   // amplitude of noise throughout
    double pitch = 60; // MIDI note by which its player calls it
};

enum class Struck { bell, gong, bar, tube, tom, fm_bell, glass };
inline constexpr Struck struck_kinds[] = {Struck::bell, Struck::gong,    Struck::bar,  Struck::tube,
                                          Struck::tom,  Struck::fm_bell, Struck::glass};
std::string struck_name(Struck kind);

// A sound of the kind at this pitch. Levels, decays, phases, beats of 0.5 to 8 Hz and noise vary with the seed.
StruckSound struck_sound(Struck kind, double pitch, uint64_t seed);

// The hit at 48 kHz, with its peak at 0.5.
Audio strike(const StruckSound& sound, double seconds, uint64_t seed);

} // namespace timbrel::audio
