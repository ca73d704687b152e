// SPDX-License-Identifier: GPL-3.0-or-later
// Controls of the Synthesis ToolKit's instruments (Cook and Scavone, ICMC 1999), moved evenly.
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/knobs/families.h"
#include "models/audio/knobs/level.h"
#include "models/audio/knobs/stk_instruments.h"
#include "models/audio/knobs/synthesis.h"

#include <stk/Instrmnt.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace timbrel::audio {
namespace {

constexpr double tuning_seconds = 0.9;
constexpr double largest_deviation = 2.5; // semitones
constexpr double audible_deviation = 0.3; // semitones
constexpr double least_confidence = 0.5;

// The toolkit has a global sample rate and takes its noise from rand().
std::mutex stk_mutex;

class StkKnob final : public Knob {
  public:
    explicit StkKnob(const StkRow& row) : row_(row) {}

    Audio note(const KnobNote& note, double setting) override {
        double correction = -row_.instrument.transposition;
        if (row_.instrument.in_tune) return levelled(play(note, setting, correction, note.hold, note.release), note);
        // Many of the toolkit's instruments are some ten cents off: all settings are played higher or lower by what
        // the middle of the knob's range needs.
        for (int i = 0; i < 2; ++i)
            correction -= deviation(play(note, 0.5, correction, tuning_seconds, 0), note.pitch, largest_deviation);
        Audio audio = play(note, setting, correction, note.hold, note.release);
        deviation(audio, note.pitch, audible_deviation);
        return levelled(std::move(audio), note);
    }

  private:
    std::string name() const { return row_.name; }

    Audio levelled(Audio audio, const KnobNote& note) const {
        normalise_level(audio, note.velocity, name());
        return audio;
    }

    // Semitones by which a sound stands above its key. Throws AudioError if there are more than `most` or the pitch is
    // not clear.
    double deviation(const Audio& audio, int key, double most) const {
        const auto estimate = detect_pitch(audio);
        if (!estimate) throw AudioError(name() + ": pitch " + std::to_string(key) + " is silent or without pitch");
        if (std::abs(estimate->pitch - key) <= most && estimate->confidence >= least_confidence)
            return estimate->pitch - key;
        char found[60];
        std::snprintf(found, sizeof found, "%.2f (confidence %.2f)", estimate->pitch, estimate->confidence);
        throw AudioError(name() + ": pitch " + std::to_string(key) + " sounds as " + found);
    }

    Audio play(const KnobNote& note, double setting, double correction, double hold, double release) const {
        KnobNote shortened = note;
        shortened.hold = hold;
        shortened.release = release;
        KnobVoice voice(shortened, setting);
        const std::lock_guard lock(stk_mutex);
        try {
            return perform(voice, note.pitch + correction);
        } catch (stk::StkError& error) {
            throw AudioError(name() + ": " + error.getMessageCString());
        }
    }

    Audio perform(KnobVoice& voice, double pitch) const {
        stk::Stk::setSampleRate(synthesis_rate);
        stk::Stk::setRawwavePath(stk_rawwaves);
        const std::unique_ptr<stk::Instrmnt> instrument = row_.instrument.make();
        const double moved = voice.linear(row_.moved.low, row_.moved.high, row_.least);
        for (const StkControl& control : row_.fixed)
            instrument->controlChange(control.number, voice.random.uniform(control.low, control.high));
        if (row_.moved.number != stk_amplitude) instrument->controlChange(row_.moved.number, moved);
        const double amplitude = row_.moved.number == stk_amplitude ? moved : 0.35 + 0.6 * voice.velocity;
        std::srand(static_cast<unsigned>(voice.random.bits() >> 33)); // the constructors took the time for a seed
        instrument->noteOn(note_to_hertz(pitch), amplitude);
        // Some instruments derive filters from the frequency: once more, with the note's.
        if (row_.moved.number != stk_amplitude) instrument->controlChange(row_.moved.number, moved);
        Audio audio{synthesis_rate, Samples(voice.frames), {}};
        const size_t released = static_cast<size_t>(std::lround(voice.hold * synthesis_rate));
        double before = 0, blocked = 0;
        for (size_t i = 0; i < voice.frames; ++i) {
            if (i == released) instrument->noteOff(0.5);
            const double sample = instrument->tick();
            blocked = sample - before + 0.999 * blocked; // without offset: high-pass at 8 Hz
            before = sample;
            audio.left[i] = static_cast<float>(blocked);
        }
        for (size_t i = 0; i < std::min<size_t>(480, voice.frames); ++i)
            audio.left[voice.frames - 1 - i] *= static_cast<float>(i) / 480;
        audio.right = audio.left;
        return audio;
    }

    StkRow row_;
};

} // namespace

KnobFamilies stk_families() {
    KnobFamilies families;
    for (const StkRow& row : stk_rows())
        families.push_back({row.name, row.kind, row.instrument.name, row.instrument.use, row.instrument.lowest_pitch,
                            row.instrument.highest_pitch, [row] { return std::make_unique<StkKnob>(row); }});
    return families;
}

} // namespace timbrel::audio
