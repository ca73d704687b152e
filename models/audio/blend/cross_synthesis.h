// Two sounds of any kind as one: each keeps its fine structure (pitches, noise, attacks, its place between the
// speakers) and goes through a filter, new every few milliseconds, that gives it the coarse spectrum of the blend.
//
//   blend = √(1 − x) · A · E / E_A  +  √x · B · E / E_B,   E between E_A and E_B (blend_envelope.h)
//
// A / E_A is A whitened by its own envelope. At either end E is that sound's own envelope, its filter is none and the
// other one is silent, so an end is its input. Phases are never touched, so attacks stay where they are.
//
// Where one sound moves faster (speech over a pad), its envelope stays longer and its fine structure leaves sooner:
// half way the pad talks. Halves of both would rather be a mumble over a half muffled pad. Two sounds that move alike
// meet evenly. The layer is the faster sound's alone: a crossfade's would bring the pad back into the gaps between
// words, and they would be no clearer.
#pragma once

#include "models/audio/blend/blend_frames.h"
#include "models/audio/blend/loudness_leveller.h"

#include <deque>
#include <string>
#include <vector>

namespace timbrel::audio {

// What hearing a sound through once tells.
struct Hearing {
    size_t frames = 0;   // at the blend's rate
    double peak = -100;  // dB of its loudest band
    double loudest = 0;  // power of its loudest moment, as FrameAnalysis::loudness
    double movement = 0; // dB by which its bands come and go, between about 1 and 8 times a second
};

// Throws AudioError.
Hearing hear(const std::string& path, const FrameShape& shape);

// The way from the first sound (0) to the second (1): where it begins, where it ends, straight between.
struct BlendWay {
    double from = 0.5, to = 0.5;
    double layer = 0; // gain of the faster sound as it came in, on top of the blend: full half way, none at the ends
};

// Lasts as long as the longer sound. Where the shorter one is over there is nothing to blend with: within a second what
// is left becomes as loud as in a crossfade, so at its own end a sound is whole, and at the other's it is silent. One
// thread at a time.
class Blender {
  public:
    Blender(const FrameShape& shape, const Hearing (&hearings)[2], const BlendWay& way);

    // The next hop of each sound; silence after its end.
    void push(const StereoBlock (&blocks)[2]);

    // The next hop of the blend, if enough was pushed for it; about two seconds ahead of it. Valid until the next call.
    const Audio* pull();

  private:
    struct Block {
        Audio dry[2], blend;
    };

    double share(double frame) const;
    void mix(double share, double alone);

    FrameShape shape_;
    Hearing hearings_[2];
    BlendWay way_;
    double lead_; // odds of the first sound in the envelope over those in the fine structure: above 1 if it is faster
    FrameAnalysis analyses_[2];
    Envelope envelopes_[2]; // followed over time
    FrameSynthesis synthesis_;
    Leveller leveller_;
    StereoSpectrum mixed_;
    std::vector<float> gains_[2]; // of each bin
    std::deque<Block> blocks_;    // from the next one to be pulled to the last pushed
    std::deque<double> levels_;   // dB, of frames: the one before the next block, at its start, at its end …
    size_t pushed_ = 0, pulled_ = 0;
    Audio out_;
};

} // namespace timbrel::audio
