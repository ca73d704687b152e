// SPDX-License-Identifier: GPL-3.0-or-later
// Linear bodies with one knob, through which recordings are filtered: resonances, formants, combs, band limits. A
// recording through a body at two settings and at one between them are two sounds and the true sound between.
// Threads: any that may allocate; pure.
#pragma once

#include "models/audio/io/audio.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace timbrel::audio {

enum class BodyKind {
    low_pass,        // two poles; the cutoff moves, by ratio
    high_pass,       // two poles; the cutoff moves, by ratio
    band_pass,       // two poles and a quiet direct path; the centre moves, by ratio
    resonance,       // one peak of 6 to 24 dB on an even response; its centre moves, by ratio
    resonance_width, // one peak; its quality moves, by ratio
    two_resonances,  // two peaks; both centres move, by ratios of their own
    formants,        // four parallel resonances with falling level; all centres move, as between two vowels
    tilt,            // dB per octave about a pivot
    pluck_position,  // comb of a string excited at a fraction of its length; the fraction moves
    pickup_position, // comb of a pickup at a fraction of the length, and a flat part
};
inline constexpr std::array body_kinds{
    BodyKind::low_pass,        BodyKind::high_pass,      BodyKind::band_pass, BodyKind::resonance,
    BodyKind::resonance_width, BodyKind::two_resonances, BodyKind::formants,  BodyKind::tilt,
    BodyKind::pluck_position,  BodyKind::pickup_position};
const char* name_of(BodyKind kind); // as "low-pass"

class Body {
  public:
    // A random body of this kind for notes of f0 Hz: `seed` decides the ends of the knob's range and everything that
    // stays. The same arguments make the same body.
    Body(BodyKind kind, double f0, uint64_t seed);

    // Gain in dB at `hz` with the knob at `setting`, 0 to 1; at least −60. The response is that of the filter, smooth
    // in `hz` and in `setting`.
    double gain_db(double hz, double setting) const;

    // The sound through the body: a minimum-phase filter with gain_db as its response. Of the same length.
    Audio filtered(const Audio& audio, double setting) const;

  private:
    static constexpr size_t formants_ = 4;
    void set_range(size_t index, std::pair<double, double> ends);
    void choose_formants(class Random& random);

    BodyKind kind_;
    double f0_;                                             // Hz
    std::array<double, formants_> log_start_{}, log_end_{}; // natural logarithms of what moves by ratio
    double start_ = 0, end_ = 0;                            // of a tilt, dB per octave
    double centre_ = 1000, quality_ = 1, gain_ = 1;         // Hz; peak amplitude
    double depth_ = 0;                                      // of a comb
    double direct_ = 0;                                     // power of the direct path
    std::array<double, formants_> qualities_{}, levels_{};  // of the formants; powers
};

} // namespace timbrel::audio
