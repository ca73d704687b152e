// SPDX-License-Identifier: GPL-3.0-or-later
// Objective measures: distances between two sounds, modulation and decay. Distances are in dB, at 48 kHz. The reference
// decides which frames count and clamps differences 80 dB below its peak. ERB bands after Glasberg and Moore (Hearing
// Research 1990). Thread: control, worker; every call is independent.
#pragma once

#include "models/audio/analysis/spectra.h"
#include "models/audio/io/audio.h"

#include <array>

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

// Power in 80 ERB bands, both channels added; windows of 2048 samples, hop 512.
using BandPower = FrameTable;
BandPower band_power(const Audio& audio);

// ELSD′, a fast version of elsd: the mean over all frames, silent ones included, of the root of the mean squared dB
// difference.
double erb_distance(const BandPower& reference, const BandPower& estimate);

// Level in dB from 1.5 to 2.5 s, relative to the loudest frame: how far a sound has decayed. -200 for silence.
double late_level(const BandPower& power);

} // namespace timbrel::audio
