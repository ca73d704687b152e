// SPDX-License-Identifier: GPL-3.0-or-later
// Tools of the knobs that Timbrel synthesises itself: random controls, band-limited waves, modes, envelopes, noise.
// Threads: any that may allocate; one thread at a time per object.
#pragma once

#include "models/audio/knobs/knob.h"
#include "models/audio/knobs/random.h"

#include <complex>
#include <functional>
#include <span>

namespace timbrel::audio {

using Samples = std::vector<float>;
using Harmonics = std::vector<std::complex<double>>; // from the fundamental on: sum of |h| cos(2 π k phase + arg h)

inline constexpr double synthesis_rate = 48000;  // Hz
inline constexpr double highest_partial = 20000; // Hz

// One note at one setting: what is random about it and does not move, and where its knob stands.
struct KnobVoice {
    KnobVoice(const KnobNote& note, double setting);

    // A control that moves between two random ends within [low, high], `least` apart at least, in random order: as a
    // ratio (`least` is one) or linearly (`least` is a difference).
    double logarithmic(double low, double high, double least);
    double linear(double low, double high, double least);

    size_t harmonics() const; // below highest_partial

    Random random;
    double setting, f0, velocity; // 0–1; Hz; 0–1
    double hold;                  // seconds
    size_t frames;
};

// A family that plays the samples of `render`, on both channels, at the level of normalise_level.
using Render = Samples (*)(KnobVoice& voice);
KnobFamily synthesis_family(const std::string& name, const std::string& kind, KnobUse use, Render render,
                            int lowest_pitch = 33, int highest_pitch = 93);

// The harmonics of one period of a wave, given over phases 0 to 1.
Harmonics harmonics_of(const std::function<double(double)>& wave, size_t count);

// Random harmonics, as of an instrument: falling by 3 to 12 dB per octave, less at high velocity, with
// resonances and uneven partials, in random phases.
Harmonics random_harmonics(KnobVoice& voice);

// A saw, or a pulse of random width, duller at low velocity.
Harmonics random_oscillator(KnobVoice& voice);

// Reads one period of a wave again and again.
class WaveTable {
  public:
    explicit WaveTable(const Harmonics& harmonics); // at most 800

    double at(double phase) const; // any phase, in periods
    Samples play(double hz, size_t frames, double start_phase = 0) const;

  private:
    std::vector<float> period_;
};

struct Mode {
    double hz, amplitude;
    double decay; // seconds for 60 dB
};
// Sines that decay, in sine phase. Modes above highest_partial are left out.
Samples ring(std::span<const Mode> modes, size_t frames);

struct Envelope {
    double attack; // seconds: half a period of a cosine
    double decay;  // seconds in which the distance to `sustain` falls by 60 dB
    double sustain;
    double release; // seconds for 60 dB
    double at(double seconds, double hold) const;
};
Envelope random_envelope(Random& random);    // of a note that lasts, or in two of five cases decays
Envelope sustained_envelope(Random& random); // of a note that lasts
Envelope struck_envelope(Random& random);    // no decay of its own; the key damps the note or lets it ring
void apply(const Envelope& envelope, double hold, Samples& samples);

Samples white_noise(Random& random, size_t frames); // uniform, root mean square 1
void scale(Samples& samples, double root_mean_square);
void add(Samples& samples, const Samples& other, double gain = 1);

} // namespace timbrel::audio
