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
    lfo1_shape,
    lfo1_rate,
    lfo1_sync,
    lfo1_scope,
    lfo1_x,
    lfo1_y,
    lfo1_cutoff,
    lfo1_level,
    lfo1_pitch,
    lfo1_width,
    lfo2_shape,
    lfo2_rate,
    lfo2_sync,
    lfo2_scope,
    lfo2_x,
    lfo2_y,
    lfo2_cutoff,
    lfo2_level,
    lfo2_pitch,
    lfo2_width,
    env2_attack,
    env2_decay,
    env2_sustain,
    env2_release,
    env2_x,
    env2_y,
    env2_cutoff,
    env2_level,
    env2_pitch,
    env2_width,
    delay_time,
    delay_sync,
    delay_feedback,
    delay_tone,
    delay_mix,
    reverb_size,
    reverb_decay,
    reverb_damping,
    reverb_mix,
    natural_pitch,
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
    const char* group;      // "Plane", or the panel of the window that has the knob
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
inline constexpr ScalePoint as_recorded[] = {{0.0f, "None"}, {100.0f, "As recorded"}};
inline constexpr ScalePoint play_mode[] = {{0.0f, "Poly"}, {1.0f, "Mono"}, {2.0f, "Legato"}};
inline constexpr ScalePoint velocity_curve[] = {{-100.0f, "Heavy"}, {0.0f, "Straight"}, {100.0f, "Light"}};
inline constexpr ScalePoint mpe[] = {{0.0f, "Off"}, {1.0f, "On"}};
inline constexpr ScalePoint sync[] = {{0.0f, "Off"},     {1.0f, "1/4 beat"}, {2.0f, "1/2 beat"},
                                      {3.0f, "1 beat"},  {4.0f, "2 beats"},  {5.0f, "4 beats"},
                                      {6.0f, "8 beats"}, {7.0f, "16 beats"}, {8.0f, "32 beats"}};
inline constexpr ScalePoint gesture[] = {{0.0f, "Off"}, {1.0f, "Record"}, {2.0f, "Play"}};
inline constexpr ScalePoint gesture_loop[] = {{0.0f, "Once"}, {1.0f, "Loop"}};
inline constexpr ScalePoint scope[] = {{0.0f, "All notes"}, {1.0f, "Each note"}};
inline constexpr ScalePoint lfo_shape[] = {
    {0.0f, "Sine"}, {1.0f, "Triangle"}, {2.0f, "Saw"}, {3.0f, "Square"}, {4.0f, "Random"}};
inline constexpr ScalePoint beats[] = {
    {0.0f, "Off"},      {1.0f, "1/4 beat"}, {2.0f, "1/3 beat"},    {3.0f, "1/2 beat"}, {4.0f, "2/3 beat"},
    {5.0f, "3/4 beat"}, {6.0f, "1 beat"},   {7.0f, "1 1/2 beats"}, {8.0f, "2 beats"},  {9.0f, "3 beats"},
    {10.0f, "4 beats"}, {11.0f, "8 beats"}, {12.0f, "16 beats"},   {13.0f, "32 beats"}};
inline constexpr ScalePoint delay_tone[] = {{20000.0f, "Open"}};
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
    {"portamento", "Portamento", "Porta", "ms", "Play", 0.0f, 5000.0f, 0.0f, Scale::linear, {},
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
    {"gesture_scope", "Gesture scope", "Gesture scope", "", "Motion", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::scope,
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
    {"natural_vibrato", "Natural vibrato", "Nat vib", "%", "Pitch", 0.0f, 200.0f, 100.0f, Scale::linear, points::as_recorded,
     "Depth of the recordings' own vibrato, blended by the position on the plane; 100 is as recorded."},
    {"lfo1_shape", "LFO 1 shape", "LFO1 shape", "", "LFO 1", 0.0f, 4.0f, 0.0f, Scale::enumeration, points::lfo_shape,
     "The wave of one cycle. Saw falls; a negative amount turns any wave upside down. Random: a new value each cycle."},
    {"lfo1_rate", "LFO 1 rate", "LFO1 rate", "Hz", "LFO 1", 0.01f, 20.0f, 2.0f, Scale::logarithmic, {},
     "Cycles per second while the LFO is not synced."},
    {"lfo1_sync", "LFO 1 sync", "LFO1 sync", "", "LFO 1", 0.0f, 13.0f, 0.0f, Scale::enumeration, points::beats,
     "Off: the rate decides. Otherwise a cycle takes this many beats, and follows the song while it plays."},
    {"lfo1_scope", "LFO 1 scope", "LFO1 scope", "", "LFO 1", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::scope,
     "All notes: one LFO moves all notes alike. Each note: every note starts a cycle of its own."},
    {"lfo1_x", "LFO 1 to X", "LFO1 X", "%", "LFO 1", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "Width of the area around X in which the LFO moves the position; 100 is the plane's width."},
    {"lfo1_y", "LFO 1 to Y", "LFO1 Y", "%", "LFO 1", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "Height of the area around Y in which the LFO moves the position; 100 is the plane's height."},
    {"lfo1_cutoff", "LFO 1 to cutoff", "LFO1 cutoff", "octaves", "LFO 1", -8.0f, 8.0f, 0.0f, Scale::linear, {},
     "How far the LFO moves the cutoff up and down."},
    {"lfo1_level", "LFO 1 to level", "LFO1 level", "%", "LFO 1", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the LFO lowers the level: at 100 to silence at its lower end, at -100 at its upper end."},
    {"lfo1_pitch", "LFO 1 to pitch", "LFO1 pitch", "cents", "LFO 1", -1200.0f, 1200.0f, 0.0f, Scale::linear, {},
     "How far the LFO moves the pitch up and down."},
    {"lfo1_width", "LFO 1 to width", "LFO1 width", "%", "LFO 1", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the LFO widens and narrows the stereo width; at 100 between mono and twice the width."},
    {"lfo2_shape", "LFO 2 shape", "LFO2 shape", "", "LFO 2", 0.0f, 4.0f, 0.0f, Scale::enumeration, points::lfo_shape,
     "The wave of one cycle. Saw falls; a negative amount turns any wave upside down. Random: a new value each cycle."},
    {"lfo2_rate", "LFO 2 rate", "LFO2 rate", "Hz", "LFO 2", 0.01f, 20.0f, 0.5f, Scale::logarithmic, {},
     "Cycles per second while the LFO is not synced."},
    {"lfo2_sync", "LFO 2 sync", "LFO2 sync", "", "LFO 2", 0.0f, 13.0f, 0.0f, Scale::enumeration, points::beats,
     "Off: the rate decides. Otherwise a cycle takes this many beats, and follows the song while it plays."},
    {"lfo2_scope", "LFO 2 scope", "LFO2 scope", "", "LFO 2", 0.0f, 1.0f, 0.0f, Scale::enumeration, points::scope,
     "All notes: one LFO moves all notes alike. Each note: every note starts a cycle of its own."},
    {"lfo2_x", "LFO 2 to X", "LFO2 X", "%", "LFO 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "Width of the area around X in which the LFO moves the position; 100 is the plane's width."},
    {"lfo2_y", "LFO 2 to Y", "LFO2 Y", "%", "LFO 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "Height of the area around Y in which the LFO moves the position; 100 is the plane's height."},
    {"lfo2_cutoff", "LFO 2 to cutoff", "LFO2 cutoff", "octaves", "LFO 2", -8.0f, 8.0f, 0.0f, Scale::linear, {},
     "How far the LFO moves the cutoff up and down."},
    {"lfo2_level", "LFO 2 to level", "LFO2 level", "%", "LFO 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the LFO lowers the level: at 100 to silence at its lower end, at -100 at its upper end."},
    {"lfo2_pitch", "LFO 2 to pitch", "LFO2 pitch", "cents", "LFO 2", -1200.0f, 1200.0f, 0.0f, Scale::linear, {},
     "How far the LFO moves the pitch up and down."},
    {"lfo2_width", "LFO 2 to width", "LFO2 width", "%", "LFO 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the LFO widens and narrows the stereo width; at 100 between mono and twice the width."},
    {"env2_attack", "Envelope 2 attack", "E2 attack", "s", "Envelope 2", 0.0f, 10.0f, 0.0f, Scale::linear, {},
     "Time in which the second envelope rises at the beginning of a note."},
    {"env2_decay", "Envelope 2 decay", "E2 decay", "s", "Envelope 2", 0.01f, 20.0f, 1.0f, Scale::logarithmic, {},
     "Time from the end of the attack to the sustain level."},
    {"env2_sustain", "Envelope 2 sustain", "E2 sustain", "%", "Envelope 2", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "Level of the second envelope after the decay."},
    {"env2_release", "Envelope 2 release", "E2 release", "s", "Envelope 2", 0.005f, 20.0f, 0.3f, Scale::logarithmic, {},
     "Time in which the second envelope of a released note falls by 60 dB."},
    {"env2_x", "Envelope 2 to X", "E2 X", "%", "Envelope 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the envelope moves X; at 100 by the plane's width."},
    {"env2_y", "Envelope 2 to Y", "E2 Y", "%", "Envelope 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the envelope moves Y; at 100 by the plane's height."},
    {"env2_cutoff", "Envelope 2 to cutoff", "E2 cutoff", "octaves", "Envelope 2", -8.0f, 8.0f, 0.0f, Scale::linear, {},
     "How far the envelope moves the cutoff."},
    {"env2_level", "Envelope 2 to level", "E2 level", "%", "Envelope 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "At 100 the level follows the envelope; at -100 the envelope lowers it to silence."},
    {"env2_pitch", "Envelope 2 to pitch", "E2 pitch", "cents", "Envelope 2", -1200.0f, 1200.0f, 0.0f, Scale::linear, {},
     "How far the envelope moves the pitch."},
    {"env2_width", "Envelope 2 to width", "E2 width", "%", "Envelope 2", -100.0f, 100.0f, 0.0f, Scale::linear, {},
     "How far the envelope changes the stereo width; at 100 to twice the width, at -100 to mono."},
    {"delay_time", "Delay time", "Dly time", "ms", "Delay", 1.0f, 2000.0f, 350.0f, Scale::logarithmic, {},
     "Time between two echoes while the delay is not synced."},
    {"delay_sync", "Delay sync", "Dly sync", "", "Delay", 0.0f, 13.0f, 0.0f, Scale::enumeration, points::beats,
     "Off: the time decides. Otherwise echoes are this many beats apart; more than 2 s are halved until they fit."},
    {"delay_feedback", "Delay feedback", "Feedback", "%", "Delay", 0.0f, 95.0f, 35.0f, Scale::linear, {},
     "Level of each echo relative to the one before."},
    {"delay_tone", "Delay tone", "Dly tone", "Hz", "Delay", 200.0f, 20000.0f, 6000.0f, Scale::logarithmic, points::delay_tone,
     "Low-pass of 6 dB per octave in each echo; open from 19 kHz on."},
    {"delay_mix", "Delay mix", "Dly mix", "%", "Delay", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "0: no delay. At 50 dry sound and echoes are at full level; at 100 only the echoes are left."},
    {"reverb_size", "Reverb size", "Rev size", "%", "Reverb", 10.0f, 100.0f, 60.0f, Scale::linear, {},
     "Distance of the reflections, from a box to a cathedral."},
    {"reverb_decay", "Reverb decay", "Rev decay", "s", "Reverb", 0.3f, 30.0f, 2.0f, Scale::logarithmic, {},
     "Time in which low and middle frequencies fall by 60 dB."},
    {"reverb_damping", "Reverb damping", "Damping", "%", "Reverb", 0.0f, 100.0f, 40.0f, Scale::linear, {},
     "How much sooner the highest frequencies end: at 100 ten times, at 0 together with the low ones."},
    {"reverb_mix", "Reverb mix", "Rev mix", "%", "Reverb", 0.0f, 100.0f, 0.0f, Scale::linear, {},
     "0: no reverb. At 50 dry sound and reverb are at full level; at 100 only the reverb is left."},
    {"natural_pitch", "Natural pitch", "Nat pitch", "%", "Pitch", 0.0f, 200.0f, 100.0f, Scale::linear, points::as_recorded,
     "How far the pitch scoops, drifts and trembles as in the recordings, blended by the position; 100 is as recorded."},
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
