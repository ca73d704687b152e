// SPDX-License-Identifier: GPL-3.0-or-later
// A fixed-length numeric description of a note's timbre, independent of its loudness.
// Threads: control, worker; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

#include <array>

namespace timbrel::models {

// Duration of a described note: key down and after its release; seconds.
inline constexpr double descriptor_hold = 3, descriptor_release = 1;

// Sizes of the groups of values:
//   3 × 32  levels in dB of 32 ERB bands in the attack (0–0.06 s), the body (0.15–0.5 s) and the late sound (1.5–2.5 s)
//   13      envelope: level at ten times, slope, attack time, release
//   9       fluctuation of eight wider bands about their trend, and its mean correlation between bands
//   8       slopes of these bands
//   8       noise ratio and centroid in the three parts, irregularity of the partials, odd to even ratio
inline constexpr std::array descriptor_groups{32, 32, 32, 13, 9, 8, 8};
inline constexpr int spectrogram_rows = 64, spectrogram_columns = 160;

struct TimbreDescriptor {
    Tensor values;      // [134], group after group
    Tensor spectrogram; // [64, 160] dB re the loudest frame, every 4 hops: 32 bands of partials, then 32 of noise
};

// Describes a note of descriptor_hold + descriptor_release seconds. The note may be on any device; returns CPU tensors.
TimbreDescriptor timbre_descriptor(const NoteSpectrum& note);

} // namespace timbrel::models
