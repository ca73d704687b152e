// SPDX-License-Identifier: GPL-3.0-or-later
// Objective measures: distances between two sounds, modulation, layering, decay and loop seams. Distances are in dB, at
// 48 kHz. The reference decides which frames count and clamps differences 80 dB below its peak. ERB bands after
// Glasberg and Moore (Hearing Research 1990). Thread: control, worker; every call is independent.
#pragma once

#include "models/audio/analysis/spectra.h"
#include "models/audio/io/audio.h"

#include <array>
#include <span>
#include <vector>

namespace timbrel::audio {

// An STFT with windows of `size` samples every `size` / 4 samples, summed into `bands` ERB bands.
struct StftResolution {
    size_t size, bands;
};
inline constexpr std::array<StftResolution, 3> stft_resolutions{{{4096, 80}, {2048, 64}, {512, 40}}};
inline constexpr float clamp_ratio = 1e-8f;   // of the reference's peak power: bands and bins are clamped there
inline constexpr float silence_ratio = 1e-7f; // of the reference's peak power: quieter frames are left out

// Means over stft_resolutions, and over both channels unless said otherwise.
struct Distances {
    double lsd = 0;         // log-spectral distance over bins: per frame the root of the mean squared dB difference
    double elsd = 0;        // the same over ERB bands: the most reliable of these measures
    double attack_elsd = 0; // elsd over the first 100 ms
    double sc = 0;          // spectral convergence: sum of magnitude differences over the reference's sum
    std::array<double, 2> channel_elsd{}, channel_attack_elsd{}; // of left and right; NaN for a silent channel
};

// Compares over the reference's length; a shorter estimate counts as followed by silence. Leaves out frames 70 dB below
// the reference's peak. All values are NaN if the reference is silent.
Distances distances(const Audio& reference, const Audio& estimate);

// How much of the bands' level modulation the estimate keeps (1: all): its mean modulation over that of the reference.
// A band's modulation is the standard deviation of its level in dB about the linear trend, from `from` to `to` seconds
// (or to 0.1 s before the end). Only bands within 60 dB of the loudest count. Bands and windows as for BandPower.
// NaN with fewer than 8 frames.
double modulation_ratio(const Audio& reference, const Audio& estimate, double from = 0.5, double to = 2.9);

// Power in 80 ERB bands, both channels added; windows of 2048 samples, hop 512. The measures below use it.
using BandPower = FrameTable;
BandPower band_power(const Audio& audio);

// ELSD′, a fast version of elsd: the mean over all frames, silent ones included, of the root of the mean squared dB
// difference.
double erb_distance(const BandPower& reference, const BandPower& estimate);

struct Layering {
    double distance = 0;       // ELSD′ of the best layering
    std::vector<double> gains; // dB, one per corner; -inf where the corner is off
};

// The best imitation of `sound` by layering the corners: minimises ELSD′ to a sum of the corners' powers. Each gain is
// off or from -24 to 6 dB in steps of 3 dB. Tries all combinations for one or two corners; for more, all combinations
// in steps of 6 dB, then improves one gain at a time. All arguments have the same number of frames.
Layering nearest_layering(const BandPower& sound, std::span<const BandPower> corners);

// Level in dB from 1.5 to 2.5 s, relative to the loudest frame: how far a sound has decayed. -200 for silence.
double late_level(const BandPower& power);

struct LoopSeam {
    double flux = 1; // spectral flux within 1024 frames of the seam over the flux elsewhere
    double jerk = 1; // largest third difference of samples within 8 frames of the seam over the largest elsewhere
};

// How audible a loop's seam is; 1 is inaudible. `loop` is one pass of the loop, at least 2048 frames; it is analysed
// four times in a row. Throws AudioError for a shorter one.
LoopSeam measure_loop_seam(const Audio& loop);

} // namespace timbrel::audio
