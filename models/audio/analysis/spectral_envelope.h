// SPDX-License-Identifier: GPL-3.0-or-later
// The spectral envelope of a note, and what it becomes at another pitch.
// Thread: control, worker; every call is independent.
#pragma once

#include "models/audio/io/audio.h"

#include <functional>
#include <vector>

namespace timbrel::audio {

// Level in dB over frequency, smooth enough to hide single partials.
class SpectralEnvelope {
  public:
    // Of the first `seconds` of a note of `f0` Hz, both channels together.
    SpectralEnvelope(const Audio& audio, double f0, double seconds);

    double at(double hz) const;           // dB
    double f0() const { return f0_; }     // Hz
    double peak() const { return peak_; } // dB

  private:
    double f0_, peak_ = 0;
    std::vector<double> hz_, level_; // ascending
};

// The gain in dB at each frequency in Hz that turns `from`, resampled to `f0` Hz, into a note with the envelope that
// its instrument has there. `from` must outlive the result.
//
// The envelope keeps its frequencies where formants do, as of a voice or a body, and moves with the pitch where it
// belongs to the partials, as of an organ. `other`, a second note of the instrument, shows which: each of the two
// hypotheses predicts `other` from `from`; they are mixed by how well they do. Without it (null) the envelope keeps its
// frequencies. The differences of the two notes beyond that are not interpolated: two recordings of one instrument
// differ by chance as much as by pitch.
std::function<double(double hz)> envelope_gain(const SpectralEnvelope& from, const SpectralEnvelope* other, double f0);

} // namespace timbrel::audio
