// SPDX-License-Identifier: GPL-3.0-or-later
// What modulates one note: its phases of the LFOs and its second envelope. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/modulation/modulation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace timbrel::engine {

class VoiceModulation {
  public:
    // Starts a note `seconds_left` before the tick's end. `number`: see Modulation::count_note().
    void start(const Modulation& modulation, uint32_t number, double seconds_left) noexcept TIMBREL_REALTIME {
        for (size_t i = 0; i < Modulation::lfo_count; ++i)
            phases_[i] = modulation.lfo(i).start_note(number, seconds_left);
        envelope_.start(modulation.envelope());
        idle_frames_ = 0;
        combine(modulation);
    }

    // The release began `frames_ago` frames before the coming step().
    void release(const Modulation& modulation, uint32_t frames_ago) noexcept TIMBREL_REALTIME {
        if (idle_frames_ > 0) catch_up(modulation, 0);
        envelope_.release(frames_ago);
    }

    // Advances by `frames`, which last `seconds`, to the tick's end.
    void step(const Modulation& modulation, uint32_t frames, float seconds) noexcept TIMBREL_REALTIME {
        if (!modulation.active()) {
            idle_frames_ += frames;
            if (combined_) combine(modulation);
            return;
        }
        catch_up(modulation, frames);
        for (size_t i = 0; i < Modulation::lfo_count; ++i)
            if (modulation.lfo(i).per_note()) modulation.lfo(i).step_note(phases_[i], seconds);
        combine(modulation);
    }

    // The sum of what moves all notes and what moves this one.
    const Modulated& sum() const noexcept TIMBREL_REALTIME { return sum_; }

  private:
    // The envelope does not advance while nothing is modulated. An attack that has ended meanwhile is made up for
    // apart, because a decay begins with the step after it.
    void catch_up(const Modulation& modulation, uint32_t frames) {
        const EnvelopeShape& shape = modulation.envelope();
        const uint32_t idle = std::exchange(idle_frames_, 0u);
        const auto attack = static_cast<uint32_t>(std::min(std::ceil(1.0f / shape.attack_step), float{1u << 30}));
        for (const uint32_t part : {std::min(idle, attack), idle - std::min(idle, attack), frames})
            if (part > 0) envelope_.advance(shape, modulation.envelope_release(), part);
    }

    void combine(const Modulation& modulation) {
        combined_ = modulation.active();
        sum_ = modulation.shared();
        if (!combined_) return;
        for (size_t i = 0; i < Modulation::lfo_count; ++i)
            if (modulation.lfo(i).per_note())
                sum_.add(modulation.lfo_row(i), phases_[i].value, 0.5f + 0.5f * phases_[i].value);
        const ModulationRow& envelope = modulation.row(ModulationSource::envelope);
        if (envelope.routed()) sum_.add(envelope, envelope_.level(), envelope_.level());
    }

    std::array<Lfo::NotePhase, Modulation::lfo_count> phases_;
    Envelope envelope_;
    uint32_t idle_frames_ = 0; // by which the envelope must catch up
    bool combined_ = false;    // `sum_` is not neutral
    Modulated sum_;
};

} // namespace timbrel::engine
