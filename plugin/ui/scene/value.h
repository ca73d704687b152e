// SPDX-License-Identifier: GPL-3.0-or-later
// A parameter's value as a knob position and as text. Threads: any; pure.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <string>

namespace timbrel::ui {

// Value to knob position and back. Positions run from 0 (left end) to 1 (right end) and are spaced evenly to the ear;
// values outside the parameter's range are clamped.
double knob_position(engine::Parameter parameter, float value);
float knob_value(engine::Parameter parameter, double position);

// Whether two values sound the same: hosts may round.
bool same_value(engine::Parameter parameter, float a, float b);

// A value with its unit, independent of the locale: "40 ms", "1.6 kHz", "+3 dB", or the label of a scale point.
std::string format_value(engine::Parameter parameter, float value);

// A decimal number with a point, independent of the locale.
std::string format_number(double value, int decimals);

// Whether the parameter has only the values Off and On, so that a single button suffices.
bool is_switch(engine::Parameter parameter);

} // namespace timbrel::ui
