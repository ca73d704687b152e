// SPDX-License-Identifier: GPL-3.0-or-later
// Transposes recordings to keys that were not recorded. Thread: control, worker; one thread at a time per Source.
#pragma once

#include "models/audio/sources/source.h"

namespace timbrel::audio {

inline constexpr int max_transposition = 3; // semitones

// Source::note(); but where the nearest recording is up to max_transposition away, it is transposed to `pitch` with
// everything it has: resampled, so that attack and noise go along, then filtered, so that its formants stay where they
// belong (spectral_envelope.h). The hold keeps its length; decay, attack and vibrato change their speed with the pitch.
// Recording::transposed says by how much. Throws AudioError.
Recording note_at_key(Source& source, int pitch, int velocity, double hold_seconds, double release_seconds);

} // namespace timbrel::audio
