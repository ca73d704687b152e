// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that modulates: orbit, random walk, two LFOs, the shape of the second envelope, and the matrix of their
// amounts. Stepped once a tick for all notes; what each note has of its own is VoiceModulation. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/dsp/envelope.h"
#include "plugin/engine/modulation/lfo.h"
#include "plugin/engine/modulation/modulation_matrix.h"
#include "plugin/engine/modulation/orbit.h"
#include "plugin/engine/modulation/random_walk.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace timbrel::engine {

class Modulation {
  public:
    static constexpr size_t lfo_count = 2;
    struct Settings {
        double orbit_rate = 1.0, orbit_beats = 0.0; // turns per second; beats per turn, used instead unless 0
        double wander_rate = 1.0;                   // control points of the random walk per second
        std::array<Lfo::Settings, lfo_count> lfos;
        EnvelopeShape envelope;
        float envelope_release = 0.0f; // see release_octaves()
    };

    void set(const Settings& settings) noexcept TIMBREL_REALTIME;
    // An amount by which a source moves a target, in the units of ModulationTarget. Amounts of key and velocity change
    // at once, because each note smooths what they do; the others change smoothly. `tick_fraction`: see Smoother.
    void set_amount(ModulationSource source, ModulationTarget target, float amount,
                    float tick_fraction) noexcept TIMBREL_REALTIME;
    void snap_to_targets() noexcept TIMBREL_REALTIME; // ends all smoothing
    void reset() noexcept TIMBREL_REALTIME;           // restarts orbit, random walk, LFOs and the count of notes

    // Advances by one tick of `seconds`; `song` is the transport at its end. `rate` smooths the amounts. 0 seconds:
    // moves what follows the song there, without smoothing. Returns whether the song makes moved() jump.
    bool step(const Transport& song, double seconds, const SmootherRate& rate) noexcept TIMBREL_REALTIME;

    // `position` as moved by what is the same for all notes, at the tick's end. May lie outside the plane.
    PlanePoint moved(PlanePoint position) const noexcept TIMBREL_REALTIME;
    // What moves all notes alike, apart from the position.
    const Modulated& shared() const noexcept TIMBREL_REALTIME { return shared_; }

    const ModulationRow& row(ModulationSource source) const noexcept TIMBREL_REALTIME {
        return rows_[static_cast<size_t>(source)];
    }
    const ModulationRow& lfo_row(size_t lfo) const noexcept TIMBREL_REALTIME {
        return rows_[static_cast<size_t>(ModulationSource::lfo_1) + lfo];
    }
    const Lfo& lfo(size_t lfo) const noexcept TIMBREL_REALTIME { return lfos_[lfo]; }
    // An LFO or the second envelope has an effect.
    bool active() const noexcept TIMBREL_REALTIME { return active_; }
    const EnvelopeShape& envelope() const noexcept TIMBREL_REALTIME { return settings_.envelope; }
    float envelope_release() const noexcept TIMBREL_REALTIME { return settings_.envelope_release; }

    // The number of a new note, counted from reset().
    uint32_t count_note() noexcept TIMBREL_REALTIME { return notes_++; }

  private:
    bool applies_to_all(size_t lfo) const { return !lfos_[lfo].per_note() && lfo_row(lfo).routed(); }

    Settings settings_;
    std::array<ModulationRow, static_cast<size_t>(ModulationSource::count)> rows_;
    Orbit orbit_;
    RandomWalk walk_;
    std::array<Lfo, lfo_count> lfos_{Lfo(0), Lfo(1)};
    Modulated shared_;
    bool active_ = false;
    uint32_t notes_ = 0;
};

} // namespace timbrel::engine
