// The vibrato that a bank's corners had before they were flattened, as its metadata keep it: under "vibrato" a list of
// {"pitch", "velocity", "depth_cents", "rate_hz", "delay_seconds"}, the last three with a number for each corner, along
// the rows from the north-west. Notes that are not listed have none.
#pragma once

#include "plugin/engine/bank/bank.h"
#include "plugin/engine/bank/bank_corners.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

struct NaturalVibrato {
    float depth = 0.0f;   // cents to either side
    float octaves = 0.0f; // of the rate, above 1 Hz
    float delay = 0.0f;   // seconds from a note's beginning until it has half its depth
};

// Sums up vibratos by their shares: depths as they are; rates, as ratios, and delays only of those that are there, so
// that what has none leaves others their own.
class VibratoMix {
  public:
    void add(const NaturalVibrato& vibrato, float share) {
        if (vibrato.depth == 0.0f || share == 0.0f) return;
        depth_ += share * vibrato.depth;
        octaves_ += share * vibrato.octaves;
        delay_ += share * vibrato.delay;
        present_ += share;
    }
    NaturalVibrato result() const {
        if (present_ == 0.0f) return {};
        return {depth_, octaves_ / present_, delay_ / present_};
    }

  private:
    float depth_ = 0.0f, octaves_ = 0.0f, delay_ = 0.0f, present_ = 0.0f;
};

class BankVibrato {
  public:
    // Off the audio thread. What of the metadata is of another form, or absurd, counts for nothing.
    BankVibrato(const Bank& bank, const BankCorners& corners);

    // Real time, as long as the corners live.
    bool any() const { return !corner_.empty(); }
    // Adds what a note has at a place, in cells from the north-west one, times `share`.
    void add(VibratoMix& mix, uint32_t note, float column, float row, float share) const;
    // Of the note itself: one for each corner; null where no corner has any.
    const NaturalVibrato* of(uint32_t note) const;

  private:
    const BankCorners& corners_;
    std::vector<int32_t> first_;         // of each note in `corner_`; -1 where it has none
    std::vector<NaturalVibrato> corner_; // a row of them for each note that has any
};

} // namespace timbrel::engine
