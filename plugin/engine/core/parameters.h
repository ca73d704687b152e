// SPDX-License-Identifier: GPL-3.0-or-later
// The table of parameters: the single source for the Turtle files, the window, the player, MIDI and the tests.
// Threads: any; constant data, usable at compile time. Append new parameters at the end: LV2 port indices and saved
// sessions depend on the order.
#pragma once

#include "common/realtime.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace timbrel::engine {

enum class Parameter : size_t {
    x,
    y,
    glide,
    level,
    attack,
    decay,
    sustain,
    release,
    release_mode,
    velocity_sensitivity,
    bend_range,
    polyphony,
    cutoff,
    resonance,
    cutoff_key,
    cutoff_velocity,
    width,
    vibrato_depth,
    vibrato_rate,
    play_mode,
    portamento,
    mpe,
    pressure_x,
    timbre_y,
    layer,
    orbit_rate,
    orbit_reach,
    orbit_sync,
    wander_rate,
    wander_reach,
    key_x,
    key_y,
    velocity_x,
    velocity_y,
    gesture,
    gesture_loop,
    gesture_sync,
    gesture_scope,
    velocity_curve,
    release_velocity,
    tune,
    pressure_y,
    timbre_x,
    natural_vibrato,
    count
};

inline constexpr size_t parameter_count = static_cast<size_t>(Parameter::count);

enum class Scale { linear, logarithmic, integer, enumeration };

struct ScalePoint {
    float value;
    const char* label;
};

struct ParameterInfo {
    const char* symbol;     // a C identifier: LV2 port symbol, name for --set and in presets
    const char* name;       // for display
    const char* short_name; // for a small knob; different for each parameter
    const char* unit;       // "", "s", "ms", "dB", "semitones", "cents", "octaves", "voices", "Hz", "%"
    const char* group; // "Plane", or the panel of the window: "Motion", "Envelope", "Filter", "Touch", "Pitch", "Play"
    float minimum, maximum, initial;
    Scale scale;
    std::span<const ScalePoint> points; // all values of an enumeration; else named values, if any
    const char* comment;                // one or two sentences for users
};

namespace points {
inline constexpr ScalePoint x[] = {{0.0f, "West"}, {1.0f, "East"}};
inline constexpr ScalePoint y[] = {{0.0f, "South"}, {1.0f, "North"}};
inline constexpr ScalePoint release_mode[] = {{0.0f, "Natural"}, {1.0f, "Gated"}};
inline constexpr ScalePoint cutoff[] = {{20000.0f, "Open"}};
inline constexpr ScalePoint width[] = {{0.0f, "Mono"}, {100.0f, "As recorded"}};
inline constexpr ScalePoint natural_vibrato[] = {{0.0f, "None"}, {100.0f, "As recorded"}};
inline constexpr ScalePoint play_mode[] = {{0.0f, "Poly"}, {1.0f, "Mono"}, {2.0f, "Legato"}};
inline constexpr ScalePoint velocity_curve[] = {{-100.0f, "Heavy"}, {0.0f, "Straight"}, {100.0f, "Light"}};
inline constexpr ScalePoint mpe[] = {{0.0f, "Off"}, {1.0f, "On"}};
inline constexpr ScalePoint sync[] = {{0.0f, "Off"},     {1.0f, "1/4 beat"}, {2.0f, "1/2 beat"},
                                      {3.0f, "1 beat"},  {4.0f, "2 beats"},  {5.0f, "4 beats"},
                                      {6.0f, "8 beats"}, {7.0f, "16 beats"}, {8.0f, "32 beats"}};
inline constexpr ScalePoint gesture[] = {{0.0f, "Off"}, {1.0f, "Record"}, {2.0f, "Play"}};
inline constexpr ScalePoint gesture_loop[] = {{0.0f, "Once"}, {1.0f, "Loop"}};
inline constexpr ScalePoint gesture_scope[] = {{0.0f, "All notes"}, {1.0f, "Each note"}};
} // namespace points

// clang-format off
inline constexpr std::array<ParameterInfo, parameter_count> parameters{{
    {"x", "X", "X", "", "Plane", 0.0f, 1.0f, 0.5f, Scale::linear, points::x,
     "Position on the plane from west to east. MIDI controller 16 sets it too."},
    {"y", "Y", "Y", "", "Plane", 0.0f, 1.0f, 0.5f, Scale::linear, points::y,
     "Position on the plane from south to north. MIDI controller 17 sets it too."},
    {"glide", "XY glide", "XY glide", "ms", "Motion", 1.0f, 5000.0f, 30.0f, Scale::logarithmic, {},
     "Time in which X and Y cover 99 % of the distance to a new position."},
    {"level", "Level", "Level", "dB", "Play", -60.0f, 12.0f, 0.0f, Scale::linear, {},
     "Output level; the lowest setting is silence."},
    {"attack", "Attack", "Attack", "s", "Envelope", 0.0f, 10.0f, 0.0f, Scale::linear, {},
     "Time of a fade-in, applied to the sound's own attack."},
    {"decay", "Decay", "Decay", "s", "Envelope", 0.01f, 20.0f, 1.0f, Scale::logarithmic, {},
     "Time from the end of the attack to the sustain level."},
    {"sustain", "Sustain", "Sustain", "dB", "Envelope", -60.0f, 0.0f, 0.0f, Scale::linear, {},
     "Level after the decay, relative to the sound's own."},
    {"release", "Release", "Release", "s", "Envelope", 0.005f, 20.0f, 0.3f, Scale::logarithmic, {},
     "Time in which a released note falls by 60 dB when the release mode is Gated."},
    {"release_mode", "Release mode", "Release mode", "", "Play", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::release_mode,
     "Natural: a released note ends as its sound does. Gated: it fades within the release time."},
    {"velocity_sensitivity", "Velocity sensitivity", "Velocity", "%", "Play", 0.0f, 100.0f, 100.0f, Scale::linear, {},
     "How far velocity changes loudness and timbre; at 0 every note plays at velocity 100."},
    {"bend_range", "Bend range", "Bend", "semitones", "Play", 0.0f, 48.0f, 2.0f, Scale::integer, {},
     "Pitch bend with the wheel at its end; RPN 0 sets it too."},
    {"polyphony", "Polyphony", "Polyphony", "voices", "Play", 1.0f, 256.0f, 64.0f, Scale::integer, {},
     "Number of notes at once. Further notes replace released and quiet ones first."},
    {"cutoff", "Cutoff", "Cutoff", "Hz", "Filter", 20.0f, 20000.0f, 20000.0f, Scale::logarithmic, points::cutoff,
     "Low-pass of 12 dB per octave; bypassed from 19 kHz on."},
    {"resonance", "Resonance", "Resonance", "%", "Filter", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Emphasis at the cutoff."},
    {"cutoff_key", "Cutoff by key", "Key track", "%", "Filter", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the cutoff follows the pitch, around middle C."},
    {"cutoff_velocity", "Cutoff by velocity", "Vel track", "octaves", "Filter", 0.0f, 8.0f, 0.0f, Scale::linear, {},
     "How far the cutoff of the softest notes lies below that of the hardest."},
    {"width", "Width", "Width", "%", "Play", 0.0f, 200.0f, 100.0f, Scale::linear, points::width,
     "Stereo width."},
    {"vibrato_depth", "Vibrato", "Vibrato", "cents", "Pitch", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Depth of the vibrato; the modulation wheel adds up to 50 cents."},
    {"vibrato_rate", "Vibrato rate", "Vib rate", "Hz", "Pitch", 0.1f, 12.0f, 5.5f, Scale::logarithmic, {},
     "Rate of the vibrato."},
    {"play_mode", "Play mode", "Play mode", "", "Play", 0.0f, 2.0f, 0.0f, Scale::enumeration, points::play_mode,
     "Poly: one voice per key. Mono: the last key sounds, with a new attack. Legato: no new attack for tied keys."},
    {"portamento", "Portamento", "Porta", "ms", "Pitch", 0.0f, 5000.0f, 0.0f, Scale::linear, {},
     "Time in which the pitch slides from key to key; 0 for none."},
    {"mpe", "MPE", "MPE", "", "Play", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::mpe,
     "MIDI Polyphonic Expression: channels 2 to 16 each play one note. A configuration message switches it too."},
    {"pressure_x", "Pressure to X", "Press X", "%", "Touch", -100.0f, 100.0f, 100.0f, Scale::linear, {},
     "How far pressure on a key or channel moves its notes along X."},
    {"timbre_y", "Timbre to Y", "Timbre Y", "%", "Touch", -100.0f, 100.0f, 100.0f, Scale::linear, {},
     "How far controller 74 moves its channel's notes along Y, from the middle out."},
    {"layer", "Layer", "Layer", "%", "Motion", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Level of the nearest corner's own sound under the blend; at 100 both are equally loud."},
    {"orbit_rate", "Orbit rate", "Orb rate", "Hz", "Motion", 0.01f, 10.0f, 0.2f, Scale::logarithmic, {},
     "Turns of the orbit per second while it is not synced."},
    {"orbit_reach", "Orbit reach", "Orbit", "%", "Motion", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Diameter of a circle around X and Y along which the position moves; 100 is the plane's width."},
    {"orbit_sync", "Orbit sync", "Orb sync", "", "Motion", 0.0f, 8.0f, 0.0f, Scale::enumeration, points::sync,
     "Off: one turn takes as long as the orbit's rate says. Otherwise it takes this many beats."},
    {"wander_rate", "Wander rate", "Wan rate", "Hz", "Motion", 0.01f, 10.0f, 0.5f, Scale::logarithmic, {},
     "How often the random walk changes direction."},
    {"wander_reach", "Wander reach", "Wander", "%", "Motion", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Width of the area around X and Y in which the position moves at random; 100 is the plane's width."},
    {"key_x", "Key to X", "Key X", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far X follows the key, around middle C; at 100 four octaves cross the plane."},
    {"key_y", "Key to Y", "Key Y", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far Y follows the key, around middle C; at 100 four octaves cross the plane."},
    {"velocity_x", "Velocity to X", "Vel X", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far X follows the velocity, around 64; at 100 the softest and the hardest note are the plane's width apart."},
    {"velocity_y", "Velocity to Y", "Vel Y", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far Y follows the velocity, around 64; at 100 the softest and the hardest note are the plane's width apart."},
    {"gesture", "Gesture", "Gesture", "", "Motion", 0.0f, 2.0f, 0.0f, Scale::enumeration, points::gesture,
     "Record: records the motion of X and Y from the first movement on. Play: plays it back instead of X and Y."},
    {"gesture_loop", "Gesture loop", "Gesture loop", "", "Motion", 0.0f, 1.0f, 1.0f, Scale::enumeration, points::gesture_loop,
     "Once: the gesture stops at its end. Loop: it starts again."},
    {"gesture_sync", "Gesture sync", "Gest sync", "", "Motion", 0.0f, 8.0f, 0.0f, Scale::enumeration, points::sync,
     "Off: plays at the recorded speed. Otherwise it takes this many beats, aligned to the song while it plays."},
    {"gesture_scope", "Gesture scope", "Gesture scope", "", "Motion", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::gesture_scope,
     "All notes: one gesture for all notes. Each note: every note starts the gesture for itself."},
    {"velocity_curve", "Velocity curve", "Vel curve", "%", "Play", -100.0f, 100.0f, 0.0f, Scale::linear, points::velocity_curve,
     "Above 0 a light touch plays louder; below 0 only a heavy touch plays loud."},
    {"release_velocity", "Release by velocity", "Rel vel", "%", "Play", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far release velocity changes the release, up to four times shorter or longer."},
    {"tune", "Tune", "Tune", "cents", "Play", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "Fine tuning of all notes."},
    {"pressure_y", "Pressure to Y", "Press Y", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far pressure on a key or channel moves its notes along Y."},
    {"timbre_x", "Timbre to X", "Timbre X", "%", "Touch", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far controller 74 moves its channel's notes along X, from the middle out."},
    {"natural_vibrato", "Natural vibrato", "Nat vib", "%", "Pitch", 0.0f, 200.0f, 0.0f, Scale::linear, points::natural_vibrato,
     "Depth of the recordings' own vibrato, blended by the position on the plane; 100 is as recorded."},
}};
// clang-format on

constexpr const ParameterInfo& info(Parameter parameter) { return parameters[static_cast<size_t>(parameter)]; }

// The parameter with this symbol, or Parameter::count.
constexpr Parameter find_parameter(std::string_view symbol) {
    for (size_t i = 0; i < parameter_count; ++i)
        if (symbol == parameters[i].symbol) return static_cast<Parameter>(i);
    return Parameter::count;
}

// Maps 0–1 to the parameter's range, along its scale.
inline float from_normalised(Parameter parameter, float normalised) noexcept TIMBREL_REALTIME {
    const auto& range = info(parameter);
    if (range.scale == Scale::logarithmic) return range.minimum * std::pow(range.maximum / range.minimum, normalised);
    return range.minimum + (range.maximum - range.minimum) * normalised;
}

// The inverse of from_normalised(), for values in the range.
inline float to_normalised(Parameter parameter, float value) noexcept TIMBREL_REALTIME {
    const auto& range = info(parameter);
    if (range.scale == Scale::logarithmic)
        return std::log(value / range.minimum) / std::log(range.maximum / range.minimum);
    return (value - range.minimum) / (range.maximum - range.minimum);
}

// The value after `step` steps (negative: downwards) of a MIDI controller: whole numbers for integers and enumerations,
// else 127 steps across the range. The result may lie outside the range.
inline float stepped(Parameter parameter, float value, int step) noexcept TIMBREL_REALTIME {
    const auto& range = info(parameter);
    const float normalised_step = static_cast<float>(step) / 127.0f;
    if (range.scale == Scale::logarithmic) return value * std::pow(range.maximum / range.minimum, normalised_step);
    if (range.scale == Scale::linear) return value + normalised_step * (range.maximum - range.minimum);
    return value + static_cast<float>(step);
}

// Clamps a finite value to the parameter's range; rounds it for integers and enumerations.
inline float clamped(Parameter parameter, float value) noexcept TIMBREL_REALTIME {
    const auto& range = info(parameter);
    value = std::clamp(value, range.minimum, range.maximum);
    return range.scale == Scale::integer || range.scale == Scale::enumeration ? std::round(value) : value;
}

} // namespace timbrel::engine
