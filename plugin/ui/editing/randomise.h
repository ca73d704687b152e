// SPDX-License-Identifier: GPL-3.0-or-later
// Random values for parameters of the sound. Thread: any; pure.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <random>

namespace timbrel::ui {

// Whether the parameter makes the sound. X and Y do not, because they are drawn apart, nor does what fits the
// instrument to keyboard, loudspeaker and fellow players: level, polyphony, tuning and what modulates the pitch, bend
// range, MPE, touch response. A recorded gesture is never recorded over.
bool is_random(engine::Parameter parameter);

// A value in the parameter's range. Values near the initial one are more likely, because the ends of many knobs are
// silence or noise; all values of a choice are equally likely.
float random_value(engine::Parameter parameter, std::mt19937& generator);

} // namespace timbrel::ui
