// What a note is like, in numbers: for measuring how far one set of notes is from another.
#pragma once

#include "models/spectral/note_spectrum.h"

#include <array>

namespace timbrel::models {

// How long a described note is held, and heard once its key is let go; seconds.
inline constexpr double described_hold = 3, described_release = 1;

// Numbers in each group of a description: levels in dB of 32 ERB bands in the attack, the body and the late sound (1.5
// to 2.5 s); the envelope (level at ten times, slope, attack time, release); how much and how much together eight wider
// bands move about their trend; these bands' slopes; share of noise and centroid in the three parts, irregularity of
// the partials and odd against even ones.
inline constexpr std::array description_groups{32, 32, 32, 13, 9, 8, 8};
inline constexpr int picture_rows = 64, picture_columns = 160;

struct Description {
    Tensor numbers; // [134], group after group
    Tensor picture; // [64, 160] dB re the loudest frame, every 4 hops: 32 bands of partials, then of noise
};

// Of a note of described_hold + described_release seconds. How loud it is does not matter. Any device; CPU tensors are
// returned.
Description describe(const NoteSpectrum& note);

} // namespace timbrel::models
