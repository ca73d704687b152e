// A parameter's value as a place on its knob, and as text for people.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <string>

namespace timbrel::ui {

// 0–1 from the knob's left end to its right end, and back; evenly spread for the ear.
double share_of(engine::Parameter parameter, float value);
float value_at(engine::Parameter parameter, double share);

// With its unit, never by the locale's rules: "40 ms", "1.6 kHz", "+3 dB", or a scale point's label.
std::string value_text(engine::Parameter parameter, float value);

// A decimal number with a point.
std::string number_text(double value, int decimals);

// What stands under the knob: the parameter's name, or a shorter one where there is one.
std::string short_name(engine::Parameter parameter);

// Whether it is either off or on, and so a single button.
bool is_switch(engine::Parameter parameter);

} // namespace timbrel::ui
