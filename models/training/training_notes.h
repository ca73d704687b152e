// SPDX-License-Identifier: GPL-3.0-or-later
// Which notes of an instrument are used for training and for evaluation, and how they are rendered.
// Threads: control, worker; one thread at a time for each Source.
#pragma once

#include "models/audio/sources/source.h"
#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <memory>

namespace timbrel::models {

struct TrainingNote {
    int pitch, velocity;      // MIDI
    int coupled_interval = 0; // semitones below `pitch` at which the instrument sounds as well; 0 for none
    float coupled_gain = 0;   // linear gain of that lower note
};

// Every fourth key from 33 to 93 (basses: 25 to 65), which are also the default pitches of a bank. Each key at velocity
// 80, every second key also at 45 and 115: half of the keys suffice to learn the effect of velocity, and all would
// enlarge the data set by half. Three more notes have the instrument's own lower octaves coupled to them, as organ
// stops do, because few presets in the corpus have such stops.
std::vector<TrainingNote> training_notes(const CorpusInstrument& instrument);

// `count` notes, evenly distributed over the same keys, with the three velocities in turn.
std::vector<TrainingNote> evaluation_notes(const CorpusInstrument& instrument, int count);

// The samples as [2, frames] at 48 kHz, padded with silence to exactly `seconds`.
Tensor padded_sound(const audio::Audio& audio, double seconds);

// Renders a note: [2, frames] at 48 kHz, padded to exactly hold + release seconds. Throws AudioError.
Tensor render_note(audio::Source& source, const TrainingNote& note, double hold, double release);

// Peak amplitude below which a note counts as silent. Presets that need a breath controller stay below it.
float audible_peak();

// Opens the instrument and checks that it is pitched: most of five notes must be audible and have the pitch of their
// key, or an octave or a twelfth of it. This rejects drums, effects and broken presets. Throws AudioError.
std::unique_ptr<audio::Source> open_pitched_source(const CorpusInstrument& instrument);

} // namespace timbrel::models
