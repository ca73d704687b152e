// How far one sound is from another, and how well a loop closes. Distances are in dB, at 48 kHz; the reference sets
// which frames count and how deep silence is.
//
// ERB bands after Glasberg and Moore (Hearing Research 1990). Differences are clamped 80 dB under the reference's peak.
#pragma once

#include "models/audio/analysis/spectra.h"
#include "models/audio/io/audio.h"

#include <array>
#include <span>
#include <vector>

namespace timbrel::audio {

// Windows of `size` samples, a quarter of it apart, in so many bands.
struct Resolution {
    size_t size, bands;
};
inline constexpr std::array<Resolution, 3> compared_resolutions{{{4096, 80}, {2048, 64}, {512, 40}}};
inline constexpr float floor_share = 1e-8f;     // of the reference's peak, where bands and bins are clamped
inline constexpr float inaudible_share = 1e-7f; // frames below are left out

struct Distances {
    double lsd = 0;         // log-spectral distance over bins: per frame the root of the mean squared difference
    double elsd = 0;        // the same over ear bands: the one to trust
    double attack_elsd = 0; // the same over the first 100 ms
    double sc = 0;          // spectral convergence: summed differences of magnitudes over the reference's sum
    std::array<double, 2> channel_elsd{}, channel_attack_elsd{}; // of left and right; NaN for a silent one
};

// Means over compared_resolutions and over both channels. Frames 70 dB under the reference's peak are left out.
// Compared over the reference's length: a shorter estimate counts as followed by silence. All NaN if the reference is
// silent.
Distances distances(const Audio& reference, const Audio& estimate);

// How much of the bands' own movement survives (1 = all): the mean, over the bands that are within 60 dB of the
// loudest, of the standard deviation in dB of their levels without the linear trend, from `from` to `to` seconds (or to
// 0.1 s before the end); the estimate's over the reference's. Bands and windows as for BandPower. NaN where fewer than
// 8 frames are left.
double modulation_ratio(const Audio& reference, const Audio& estimate, double from = 0.5, double to = 2.9);

// Power in 80 ear bands of left and right together; windows of 2048 samples, hop 512. For the lighter measures below.
using BandPower = FrameTable;
BandPower band_power(const Audio& audio);

// ELSD′: the mean over frames, silent ones included, of the root of the mean squared difference in dB.
double light_distance(const BandPower& reference, const BandPower& estimate);

struct Layering {
    double distance = 0;       // ELSD′ of the best one
    std::vector<double> gains; // in dB, one for each corner; -inf where it is off
};

// The nearest that layering the corners comes to `sound`: the least ELSD′ to a sum of the corners' powers with gains
// from -24 to 6 dB in steps of 3 dB, or off. With one or two corners every combination is tried; with more, every one
// in steps of 6 dB, and the best of those is bettered one gain at a time. All of equal length.
Layering nearest_layering(const BandPower& sound, std::span<const BandPower> corners);

// Level in dB of what sounds from 1.5 to 2.5 s, re the loudest frame: how much a sound has died away. For the
// late-level index of a sound between two others: 0 where it stands at the one's, 1 at the other's. -200 for silence.
double late_level(const BandPower& power);

struct Seam {
    double flux = 1; // spectral flux within 1024 frames of the seam over the flux elsewhere
    double jolt = 1; // largest third difference of samples within 8 frames of it over the largest elsewhere
};

// `loop` is one pass of a loop (at least 2048 frames), which is heard four times in a row.
Seam loop_seam(const Audio& loop);

} // namespace timbrel::audio
