// SPDX-License-Identifier: GPL-3.0-or-later
// The vibrato of the recordings, which a bank's PCM no longer contains, read from its metadata: under "vibrato" a list
// of {"pitch", "velocity", "depth_cents", "rate_hz", "delay_seconds", "phase_turns"}; the last four are arrays with a
// number for each corner, row by row from the north-west. Notes that are not in the list have none. Older banks have no
// phase.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

struct NaturalVibrato {
    float depth = 0.0f;        // cents to either side
    float rate_octaves = 0.0f; // rate: log2 of Hz
    float delay = 0.0f;        // seconds from the note's start until half of the depth
    // Of its phase at the note's start, that of a sine that rises through 0; both 0 where it is not known.
    float cosine = 0.0f, sine = 0.0f;
};

// A weighted mean of vibratos. Depths are averaged with all weights; rates (as ratios), delays and phases only over the
// vibratos with depth, so that sounds without vibrato do not change those of the others. Thread: any, one at a time.
class VibratoMix {
  public:
    void add(const NaturalVibrato& vibrato, float weight) noexcept TIMBREL_REALTIME {
        if (vibrato.depth == 0.0f || weight == 0.0f) return;
        depth_ += weight * vibrato.depth;
        octaves_ += weight * vibrato.rate_octaves;
        delay_ += weight * vibrato.delay;
        cosine_ += weight * vibrato.depth * vibrato.cosine;
        sine_ += weight * vibrato.depth * vibrato.sine;
        weight_ += weight;
    }
    NaturalVibrato result() const noexcept TIMBREL_REALTIME {
        if (weight_ == 0.0f) return {};
        return {depth_, octaves_ / weight_, delay_ / weight_, cosine_, sine_};
    }

  private:
    float depth_ = 0.0f, octaves_ = 0.0f, delay_ = 0.0f, cosine_ = 0.0f, sine_ = 0.0f;
    float weight_ = 0.0f; // of the vibratos with depth
};

class BankVibrato {
  public:
    // Control, worker. Ignores invalid metadata. `corners` must outlive the object.
    BankVibrato(const Bank& bank, const BankCorners& corners);

    // Any. Whether any note has vibrato.
    bool any() const noexcept TIMBREL_REALTIME { return !corners_of_notes_.empty(); }
    // Any. Adds a note's vibrato at a position on the grid of cells, counted from the north-west, with the `weight`.
    void add(VibratoMix& mix, uint32_t note, float column, float row, float weight) const noexcept TIMBREL_REALTIME;
    // Any. A note's vibrato in each corner; null when it has none.
    const NaturalVibrato* of(uint32_t note) const noexcept TIMBREL_REALTIME;

  private:
    const BankCorners& corners_;
    std::vector<int32_t> first_; // for each note, its first element in corners_of_notes_; -1 without vibrato
    std::vector<NaturalVibrato> corners_of_notes_; // for each note with vibrato, one for each corner
};

} // namespace timbrel::engine
