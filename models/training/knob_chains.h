// SPDX-License-Identifier: GPL-3.0-or-later
// Notes of instruments with a knob (models/audio/knobs/knob.h) for training.
// Thread: control.
#pragma once

#include "models/training/dataset.h"

namespace timbrel::models {

// Chains of notes of every family that is trained on. A chain is one note at `chain_settings` settings of the knob,
// evenly spaced from end to end; in the data set they follow each other, and every chain is complete. Chains that are
// silent, unpitched or fail are left out.
std::vector<NoteGroup> knob_chain_groups(double hold, double release);

} // namespace timbrel::models
