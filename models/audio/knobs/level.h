// SPDX-License-Identifier: GPL-3.0-or-later
// The level at which knobs play. Threads: any that may allocate; pure.
#pragma once

#include "models/audio/io/audio.h"

namespace timbrel::audio {

// Scales a note so that the mean square of its loudest 100 ms is -22 dB of full scale at velocity 127 and 20 dB less at
// velocity 12.7; at most full scale. Thus a knob does not change the level, whether a note lasts or decays. Throws
// AudioError if the note, named `name`, is silent or not finite.
void normalise_level(Audio& audio, int velocity, const std::string& name);

} // namespace timbrel::audio
