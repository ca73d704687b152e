// Wavetables: a walk across the plane as frames of one period. Off the audio thread.
#pragma once

#include "host/export/cell_blend.h"

#include <span>
#include <vector>

namespace timbrel::host {

inline constexpr size_t wavetable_period = 2048; // samples: what Serum and Vital want, and Surge takes

// Frames one after the other, each a period of the note at its place, mono, all equally strong (a marimba's tone would
// be lost beside a flute's), with the highest sample of all at full scale. The period is that of the sound soon after
// its attack, where what dies away still has its colour. A partial has the same phase in every frame, the fundamental's
// being a sine's, so that frames crossfade as the cells of a bank do; partials that the bank does not hold are left
// out, so nothing folds over. Noise has no period: only what is periodic is kept. `note` is the bank's number for pitch
// and velocity.
// Throws Error when the note is too short.
std::vector<float> wavetable(const engine::Bank& bank, uint32_t note, std::span<const PlanePlace> walk);

} // namespace timbrel::host
