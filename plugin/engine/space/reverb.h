// SPDX-License-Identifier: GPL-3.0-or-later
// A reverb: a feedback delay network of 16 lines. Each line's loss is proportional to its length, so that all
// resonances decay alike, high ones sooner by a shelving filter (J.-M. Jot and A. Chaigne, "Digital delay networks for
// designing artificial reverberators", 90th AES Convention, 1991). Hadamard's matrix mixes the lines, after slow
// rotations of pairs of them; such a matrix changes over time and never adds energy, and it breaks up the metallic
// sound of fixed resonances without a loss of treble (S. J. Schlecht and E. A. P. Habets, "Time-varying feedback
// matrices in feedback delay networks and their application in artificial reverberation", J. Acoust. Soc. Am. 138,
// 2015). Two all-passes for each channel thicken the first reflections (M. R. Schroeder, "Natural sounding artificial
// reverberation", J. Audio Eng. Soc. 10, 1962). Thread: audio, except the constructor.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/space/effect_mix.h"

#include <array>
#include <cstdint>
#include <vector>

namespace timbrel::engine {

class Reverb {
  public:
    struct Settings {
        float size = 0.6f;          // 0.1–1
        float decay_seconds = 2.0f; // for 60 dB, at low and middle frequencies
        float damping = 0.0f;       // 0–1; at 1 the highest frequencies decay ten times as fast
        float mix = 0.0f;           // see EffectMix
    };

    // Thread: control. Allocates. `rate`: frames per second.
    explicit Reverb(double rate);

    void set(const Settings& settings) noexcept TIMBREL_REALTIME;
    void snap_to_targets() noexcept TIMBREL_REALTIME; // ends all smoothing
    void reset() noexcept TIMBREL_REALTIME;           // forgets the sound

    // Begins a tick of tick_frames.
    void step() noexcept TIMBREL_REALTIME;
    bool active() const noexcept TIMBREL_REALTIME { return mix_.active(); }
    // In place, within the tick.
    void process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME;

  private:
    static constexpr uint32_t line_count = 16, pair_count = line_count / 2;
    using Lines = std::array<float, line_count>;
    using Lengths = std::array<uint32_t, line_count>; // in frames

    class AllPass {
      public:
        explicit AllPass(uint32_t length) : buffer_(length) {}
        void clear() noexcept TIMBREL_REALTIME { written_ = 0; }
        float process(float in) noexcept TIMBREL_REALTIME;

      private:
        std::vector<float> buffer_; // a ring
        uint32_t next_ = 0, written_ = 0;
    };

    Lengths lengths_for(float size) const;
    void restart();
    void aim_coefficients();
    void turn_pairs();
    float read(uint32_t line, uint32_t length) const;
    void read_lines(Lines& lines);
    void filter(Lines& lines);
    void mix_lines(Lines& lines) const;
    void process_frame(float& left, float& right, float time);

    const double rate_;
    const SmootherRate smoothing_;
    const float crossover_; // of the shelving filter, as tan(pi f / rate)
    uint32_t mask_ = 0;     // length of each ring - 1
    std::vector<float> rings_;
    std::array<AllPass, 4> diffusers_; // two for the left channel, two for the right one
    uint32_t next_ = 0, written_ = 0;  // in the rings; frames written since the start, up to their length

    Settings settings_;
    EffectMix mix_;
    Smoother decay_, damping_; // log2 of seconds; 0–1
    // The lines at `lengths_` fade to those at `next_lengths_`. `fade_` is 0 while they do not.
    Lengths lengths_{}, next_lengths_{};
    float fade_ = 0.0f;
    const float fade_step_;
    bool settled_ = false; // the coefficients are those of the settings

    // The shelving filters: y = b0 x + b1 x' - pole y', where ' is one frame earlier. b0 and b1 move linearly.
    alignas(64) Lines b0_{}, b1_{}, b0_step_{}, b1_step_{}, last_in_{}, last_out_{};
    Lines b0_end_{}, b1_end_{};
    Ramp input_gain_;
    float input_gain_end_ = 0.0f;
    // The rotations: cosine and sine of each pair's angle, and their change per frame.
    alignas(64) std::array<float, pair_count> cosine_{}, sine_{}, cosine_step_{}, sine_step_{},
        cosine_end_{}, sine_end_{};
    std::array<double, pair_count> turns_{}; // of the angles' oscillation
};

} // namespace timbrel::engine
