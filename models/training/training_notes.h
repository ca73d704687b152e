// Which notes of an instrument are learned from, and which judge.
#pragma once

#include "models/audio/sources/source.h"
#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <memory>

namespace timbrel::models {

struct Take {
    int pitch, velocity;    // MIDI
    int coupled = 0;        // semitones below, where the instrument sounds too; 0 for none
    float coupled_gain = 0; // of that lower note
};

// The keyboard from 33 to 93, of basses from 25 to 65, every four semitones, which are the pitches that a bank has,
// too. All at velocity 80, every second one also at 45 and 115: half of these say how touch changes a sound, and all
// would make the data set half as large again. And three notes with the instrument's own lower octaves coupled to them:
// organs draw stops below the key's own pitch, and few presets do.
std::vector<Take> training_takes(const Instrument& instrument);

// `count` notes spread over the same keys, the three velocities in turn.
std::vector<Take> judged_takes(const Instrument& instrument, int count);

// A take as it sounds, [2, frames] at 48 kHz, exactly as long as asked (seconds). Throws AudioError.
Tensor sound_of(audio::Source& source, const Take& take, double hold, double release);

// Notes that nowhere reach this are taken for silence: presets which wait for a breath controller are heard from afar.
inline constexpr float audible_peak = 1e-3f;

// Opens the instrument. Throws AudioError when that fails, or when it does not audibly play the pitches of its keys, or
// octaves or twelfths of them: most of five notes must. Drums, effects and broken presets do not.
std::unique_ptr<audio::Source> open_melodic(const Instrument& instrument);

} // namespace timbrel::models
