// SPDX-License-Identifier: GPL-3.0-or-later
// The constant detuning of an instrument that is played, so that it can be corrected: the initial state of mda's
// synthesisers, for example, is out of tune by the ratio of 48 to 44.1 kHz. Thread: control, worker.
#pragma once

#include "models/audio/io/audio.h"

#include <functional>

namespace timbrel::audio {

// Semitones by which the instrument is sharp, the median of five keys; `play` plays half a second of a key, a MIDI note
// number. 0 if no key has a pitch, if the deviation is inaudible, or above three semitones, because then the instrument
// plays another interval on purpose. Throws what `play` throws.
double measure_detuning(const std::function<Audio(int key)>& play);

} // namespace timbrel::audio
