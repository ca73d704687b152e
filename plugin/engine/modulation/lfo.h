// SPDX-License-Identifier: GPL-3.0-or-later
// A low-frequency oscillator, with one phase for all notes or one for each note. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/hashed_noise.h"
#include "plugin/engine/modulation/cycle.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timbrel::engine {

enum class LfoShape { sine, triangle, saw, square, random }; // as the parameters' values

// From -1 to 1, `phase` (0–1) into the turn numbered `turn`. `seed` selects the sequence of random values.
inline float lfo_wave(LfoShape shape, double phase, double turn, uint64_t seed) noexcept TIMBREL_REALTIME {
    switch (shape) {
    case LfoShape::sine:
        return static_cast<float>(std::sin(2.0 * M_PI * phase));
    case LfoShape::triangle:
        return static_cast<float>(phase < 0.25 ? 4.0 * phase : phase < 0.75 ? 2.0 - 4.0 * phase : 4.0 * phase - 4.0);
    case LfoShape::saw:
        return static_cast<float>(1.0 - 2.0 * phase);
    case LfoShape::square:
        return phase < 0.5 ? 1.0f : -1.0f;
    case LfoShape::random:
        return hashed_noise((seed << 32) + static_cast<uint64_t>(static_cast<int64_t>(turn)));
    }
    return 0.0f;
}

class Lfo {
  public:
    struct Settings {
        LfoShape shape = LfoShape::sine;
        double rate = 1.0, beats = 0.0; // turns per second; beats per turn, used instead unless 0
        bool per_note = false;
    };

    // The phase of one note.
    struct NotePhase {
        double start = 0.0; // on the clock of Cycle::elapsed()
        uint64_t seed = 0;
        float value = 0.0f; // at the end of the last step_note()
    };

    // `seed`: different for each LFO, below 256.
    explicit Lfo(uint64_t seed) : seed_(seed) {}

    void set(const Settings& settings) noexcept TIMBREL_REALTIME { settings_ = settings; }
    void reset() noexcept TIMBREL_REALTIME { cycle_.reset(); }

    // Advances by one tick of `seconds`; `song` is the transport at the tick's end. 0 seconds: jumps to where it is.
    void step(const Transport& song, double seconds) noexcept TIMBREL_REALTIME {
        cycle_.step(song, seconds, settings_.beats, settings_.rate);
        const float target = lfo_wave(settings_.shape, cycle_.phase(), cycle_.turn(), seed_);
        value_ = seconds > 0.0 ? limit_slope(value_, target, static_cast<float>(seconds)) : target;
    }

    bool per_note() const noexcept TIMBREL_REALTIME { return settings_.per_note; }
    float value() const noexcept TIMBREL_REALTIME { return value_; } // for all notes, -1–1, at the tick's end

    // The phase of a note that starts `seconds_left` before the tick's end. `number`: of the note, for random values.
    NotePhase start_note(uint64_t number, double seconds_left) const noexcept TIMBREL_REALTIME {
        const uint64_t seed = (number << 8) + seed_;
        return {cycle_.elapsed() - cycle_.turns_per_second() * seconds_left, seed,
                lfo_wave(settings_.shape, 0.0, 0.0, seed)};
    }
    // Moves a note's phase to the tick's end, `seconds` later; returns its value, -1–1.
    float step_note(NotePhase& note, float seconds) const noexcept TIMBREL_REALTIME {
        const double turns = std::max(0.0, cycle_.elapsed() - note.start), turn = std::floor(turns);
        note.value = limit_slope(note.value, lfo_wave(settings_.shape, turns - turn, turn, note.seed), seconds);
        return note.value;
    }

  private:
    // From -1 to 1 takes at least this long, so that edges of the wave and jumps of the song do not click. The steepest
    // sine has less than a third of this slope.
    static constexpr float edge_seconds = 0.005f;

    static float limit_slope(float from, float to, float seconds) {
        const float limit = 2.0f * seconds / edge_seconds;
        return from + std::clamp(to - from, -limit, limit);
    }

    const uint64_t seed_;
    Settings settings_;
    Cycle cycle_;
    float value_ = 0.0f;
};

} // namespace timbrel::engine
