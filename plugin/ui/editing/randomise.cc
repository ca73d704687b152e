// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/editing/randomise.h"

#include "plugin/ui/scene/value.h"

namespace timbrel::ui {

using engine::Parameter;

bool is_random(Parameter parameter) {
    switch (parameter) {
    case Parameter::x:
    case Parameter::y:
    case Parameter::level:
    case Parameter::polyphony:
    case Parameter::tune:
    case Parameter::bend_range:
    case Parameter::mpe:
    case Parameter::velocity_sensitivity:
    case Parameter::velocity_curve:
    case Parameter::gesture:
    case Parameter::lfo1_pitch:
    case Parameter::lfo2_pitch:
    case Parameter::env2_pitch:
        return false;
    default:
        return true;
    }
}

float random_value(Parameter parameter, std::mt19937& generator) {
    const engine::ParameterInfo& range = info(parameter);
    if (range.scale == engine::Scale::enumeration) {
        std::uniform_int_distribution<size_t> point(0, range.points.size() - 1);
        return range.points[point(generator)].value;
    }
    std::uniform_real_distribution<double> uniform(0, 1);
    const double initial = knob_position(parameter, range.initial);
    const double end = uniform(generator), distance = uniform(generator);
    return knob_value(parameter, initial + (end - initial) * distance);
}

} // namespace timbrel::ui
