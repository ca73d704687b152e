// SPDX-License-Identifier: GPL-3.0-or-later
// Sources never trained on, of which a corner gets some keys only.
// Threads: control, worker; one thread at a time for each audio source.
#pragma once

#include "models/audio/sources/source.h"
#include "models/training/corpus.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::models {

struct CornerCase {
    std::string name, group;
    std::function<std::unique_ptr<audio::Source>()> open; // plays every key
    std::vector<int> recorded;                            // MIDI notes that the corner gets
    std::vector<int> on, between;                         // of the evaluated notes, those it gets and those it lacks
};

// Four groups:
//   thirds      programs of fonts, every third key recorded; the font switches between its samples wherever it does
//   zones       programs of which FluidR3 has samples every two to six keys, all of these recorded: on keys between, it
//               resamples one of them
//   samples     the same, every second sample recorded: the keys between are other recordings
//   synthesis   physical models and synthesis that Timbrel has as instruments with a knob, every third key recorded
// Throws std::runtime_error with one line that names the missing package.
std::vector<CornerCase> corner_cases(Split split);

// What a corner gets of an instrument: notes other than `recorded` are the nearest of these. Sources that know their
// recordings are transposed (transposition.h); with `known` false they are not.
class SparseSource final : public audio::Source {
  public:
    SparseSource(std::unique_ptr<audio::Source> instrument, std::vector<int> recorded, bool known);

    std::string name() const override;
    nlohmann::json provenance() const override;
    audio::Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override;
    std::vector<int> recorded_pitches() const override;
    std::vector<std::string> warnings() const override;

  private:
    std::unique_ptr<audio::Source> instrument_;
    std::vector<int> recorded_;
    bool known_;
};

} // namespace timbrel::models
