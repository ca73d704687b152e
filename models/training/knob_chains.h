// SPDX-License-Identifier: GPL-3.0-or-later
// Notes of instruments with a knob (models/audio/knobs/knob.h) for training.
// Thread: control.
#pragma once

#include "models/audio/knobs/knob.h"
#include "models/training/dataset.h"

namespace timbrel::models {

// Chains of notes of every family of this use. A chain is one note at `chain_settings` settings of the knob,
// evenly spaced from end to end; in the data set they follow each other, and every chain is complete. Chains that are
// silent, unpitched or fail are left out.
std::vector<NoteGroup> knob_chain_groups(audio::KnobUse use, double hold, double release);

} // namespace timbrel::models
