// SPDX-License-Identifier: GPL-3.0-or-later
// The ports and URIs of the plugin, for the plugin, its Turtle description and its window. Threads: any; constants.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <cstdint>

namespace timbrel::lv2 {

inline constexpr char morph_uri[] = "urn:timbrel:morph";
inline constexpr char morph_cv_uri[] = "urn:timbrel:morph-cv"; // with audio-rate X and Y inputs after the other ports

inline constexpr char bank_property[] = "urn:timbrel:bank";      // atom:Path, writable: the current bank
inline constexpr char bank_id_property[] = "urn:timbrel:bankId"; // atom:String, in states: the bank's hash, hexadecimal
inline constexpr char tuning_property[] = "urn:timbrel:tuning";  // atom:Path, writable: a scale, Scala's .scl
inline constexpr char keyboard_map_property[] =
    "urn:timbrel:keyboardMap"; // atom:Path, writable: its keyboard map, Scala's .kbm
// In states, atom:String: the files' original paths, for sessions that were moved.
inline constexpr char bank_file_property[] = "urn:timbrel:bankFile";
inline constexpr char tuning_file_property[] = "urn:timbrel:tuningFile";
inline constexpr char keyboard_map_file_property[] = "urn:timbrel:keyboardMapFile";
// atom:String. In states: what the bank was baked of, see bank_recipe.h. Readable: the same of a session's bank that is
// missing; empty when none is.
inline constexpr char recipe_property[] = "urn:timbrel:recipe";
inline constexpr char message_property[] =
    "urn:timbrel:message"; // atom:String, readable: why the last request failed, or empty
inline constexpr char notice_property[] =
    "urn:timbrel:notice"; // atom:String, from the player to the window only: a line that it shows for some seconds
inline constexpr char tuning_master_property[] =
    "urn:timbrel:tuningMaster"; // atom:String, readable: what becomes of MTS-ESP's tuning; empty without a master
// In states an atom:Chunk, see gesture_bytes.h. Sent to windows, after the first patch:Get for it, as a message of
// numbers: X and Y, alternating, of points along the gesture's path; empty when there is no gesture.
inline constexpr char gesture_property[] = "urn:timbrel:gesture";
// atom:Path, from the window only: a file to write the gesture to as gesture_bytes(), and one to read it from.
inline constexpr char gesture_export_property[] = "urn:timbrel:gestureExport";
inline constexpr char gesture_import_property[] = "urn:timbrel:gestureImport";
inline constexpr uint32_t gesture_outline_points = 128;
inline constexpr char tunings_property[] = "urn:timbrel:tunings"; // atom:Chunk, in states: see tuning_bytes.h
inline constexpr char display_property[] = "urn:timbrel:display"; // for windows, see display.h
// A message of numbers is an atom:Object of the property's type, whose urn:timbrel:numbers is an atom:Vector of
// atom:Float. It is not a patch:Set, because Ardour logs a complaint on its audio thread for each unknown property.
inline constexpr char numbers_uri[] = "urn:timbrel:numbers";
inline constexpr char window_uri[] = "urn:timbrel:window";

// X and Y come before the switches, the other parameters after them in the parameter table's order.
enum Port : uint32_t {
    port_control,
    port_notify,
    port_out_left,
    port_out_right,
    port_x,
    port_y,
    port_enabled,
    port_freewheel,
    port_latency,
    port_first_parameter,
    port_x_cv = port_first_parameter + static_cast<uint32_t>(engine::parameter_count) - 2,
    port_y_cv,
    port_count_morph = port_x_cv,
    port_count_morph_cv = port_y_cv + 1
};

static_assert(static_cast<size_t>(engine::Parameter::x) == 0 && static_cast<size_t>(engine::Parameter::y) == 1);

constexpr uint32_t parameter_port(engine::Parameter parameter) {
    const auto index = static_cast<uint32_t>(parameter);
    return index < 2 ? port_x + index : port_first_parameter + index - 2;
}

// Minimum size of the notify port's buffer, bytes: a path, a message, and their headers.
inline constexpr uint32_t notify_bytes = 8192;

// Maximum length of a path, bytes with the NUL.
inline constexpr uint32_t path_bytes = 4096;

// Maximum length of an error message, bytes with the NUL.
inline constexpr uint32_t message_bytes = 1024;

} // namespace timbrel::lv2
