// How a rendered note goes on in time: how loud it gets, how fast it rises, how much of it stays.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// Of the sounds of some places as held keys play them, [places] each.
struct Course {
    Tensor loudest; // dB (BS.1770) of the loudest 0.4 s
    Tensor rise;    // ln of seconds: the mean time by which its highest level so far has come about, in the first 0.3 s
    Tensor late;    // dB of the power from 1.5 to 2.5 s re the loudest 40 ms
};

// sound [places, 2, frames], the loop flat; decay [places] in dB per second.
Course course_of(const Tensor& sound, const LoopPlace& loop, const Tensor& decay);

// Loudness measured beforehand knows nothing of how partials beat with one another or what their sum does in a loop,
// and envelopes that rise and fall at different times have a mean that does neither. So what is heard is mended at the
// end: by a gain that falls or rises until 0.2 s, one that comes about between 0.3 s and the loop, and one for all,
// places with `shares` [places, corners] become as loud as lies on the line between `corners`, and rise and stay nearly
// so.
void straighten(Tensor& sound, const LoopPlace& loop, const Tensor& decay, const Tensor& shares, const Course& corners);

} // namespace timbrel::models
