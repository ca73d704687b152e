// SPDX-License-Identifier: GPL-3.0-or-later
// Cross-synthesis of two sounds of any kind. Each sound keeps its fine structure (pitch, noise, attacks, stereo image)
// and passes a filter, updated every hop, that gives it the blend's spectral envelope:
//
//   blend = √(1 − x) · A · E / E_A  +  √x · B · E / E_B,   E interpolated between E_A and E_B (blend_envelope.h)
//
// A / E_A is A whitened by its own envelope. At x = 0 and x = 1 the output equals the input: E is the sound's own
// envelope and the other sound is silent. Phases are never changed, so attacks keep their timing.
//
// If one sound is more strongly modulated than the other (speech over a pad), its envelope gets more weight and its
// fine structure less, so that half way the pad talks. Equal weights would mumble over a half-muffled pad. Sounds with
// the same modulation get equal weights. The layer adds the more modulated sound only: adding both, as a crossfade
// does, would bring the pad back into the gaps between words.
//
// Thread: control, worker; one thread at a time per object.
#pragma once

#include "models/audio/blend/blend_frames.h"
#include "models/audio/blend/loudness_matcher.h"

#include <deque>
#include <string>
#include <vector>

namespace timbrel::audio {

// What a first pass over a whole sound measures.
struct SoundStatistics {
    size_t frames = 0;        // at the blend's sample rate
    double peak_db = -100;    // level of the loudest envelope band
    double peak_loudness = 0; // power of the loudest frame, as StftAnalysis::loudness
    double modulation_db = 0; // RMS level change of the bands at modulation rates of about 1 to 8 Hz
};

// Reads a sound file once. Throws AudioError.
SoundStatistics measure_sound(const std::string& path, const StftShape& shape);

// The position between the first sound (0) and the second (1), moving linearly over the blend's length.
struct BlendSettings {
    double from = 0.5, to = 0.5;
    double layer = 0; // gain of the unfiltered, more modulated sound added to the blend; full at 0.5, none at 0 and 1
};

// The blend lasts as long as the longer sound. After the shorter sound's end the blend changes within one second to
// what a crossfade would leave: the longer sound, full at its own end of the path and silent at the other.
class CrossSynthesis {
  public:
    CrossSynthesis(const StftShape& shape, const SoundStatistics (&statistics)[2], const BlendSettings& settings);

    // Adds the next hop of each sound; silence after a sound's end.
    void push(const StereoBlock (&blocks)[2]);

    // The next hop of the blend, or null until enough was pushed, about two seconds ahead. Valid until the next call.
    const Audio* pull();

  private:
    struct Block {
        Audio dry[2], blend;
    };

    double position_at(double frame) const;
    void follow_envelopes();
    void compute_gains(double position, double crossfade);
    void mix_spectra(double position, double crossfade);

    StftShape shape_;
    SoundStatistics statistics_[2];
    BlendSettings settings_;
    // Factor on the odds of the first sound in the envelope and of the second in the fine structure; above 1 if the
    // first sound is more modulated.
    double envelope_bias_;
    StftAnalysis analyses_[2];
    Envelope envelopes_[2]; // smoothed over time
    StftSynthesis synthesis_;
    LoudnessMatcher matcher_;
    StereoSpectrum mixed_;
    std::vector<float> gains_[2];    // per bin
    std::deque<Block> blocks_;       // from the next block to pull to the last pushed
    std::deque<double> level_gains_; // dB per STFT frame: before the next block, at its start, at its end, …
    size_t pushed_ = 0, pulled_ = 0;
    Audio out_;
};

} // namespace timbrel::audio
