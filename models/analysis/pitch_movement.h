// SPDX-License-Identifier: GPL-3.0-or-later
// How the pitch of a recorded note moves, in a form that survives a loop.
// Threads: any that may allocate; pure.
#pragma once

#include "models/analysis/analysis.h"
#include "models/analysis/vibrato.h"

#include <vector>

namespace timbrel::models {

struct PitchMovement {
    Vibrato vibrato;
    // All the rest, such as scoop, drift, wobble and jitter: cents from f0 at each hop of the sound at constant pitch;
    // empty where it stays below half a cent.
    std::vector<float> rest;
};

// The movement in the first `hops` hops, during which the key must be held; a hop more for the rest. Movement faster
// than the smoothed track by which the sound is flattened counts as far as the harmonics agree about it.
PitchMovement pitch_movement(const Analysis& note, int64_t hops);

// The movement of a recording that plays `speed` times as fast as it was made, at the pace of the recording.
PitchMovement at_pace(PitchMovement movement, double speed);

} // namespace timbrel::models
