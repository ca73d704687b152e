// SPDX-License-Identifier: GPL-3.0-or-later
// Wavetables: a path across the plane as frames of one period each. Thread: control.
#pragma once

#include "host/export/cell_blend.h"

#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::host {

inline constexpr size_t wavetable_period = 2048; // samples per frame: fixed in Serum and Vital, allowed in Surge

// Returns mono frames, one per position, concatenated. `note` is the bank's index for pitch and velocity.
//
// Each frame is a period of the note shortly after its attack, where a decaying sound still has its timbre. All frames
// have the same RMS level, and the largest sample is 1. Each partial has the same phase in all frames, the fundamental
// that of a sine, so that frames crossfade as the cells of a bank do. Partials above the bank's bandwidth are omitted,
// so nothing aliases; noise is omitted, because it has no period.
// Throws Error when the note is too short.
std::vector<float> wavetable(const engine::Bank& bank, uint32_t note, std::span<const PlanePosition> path);

} // namespace timbrel::host
