// The plugin's ports and URIs, for the plugin, its description and its window alike, so that they cannot drift.
// Constant data.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <cstdint>

namespace timbrel::lv2 {

inline constexpr char morph_uri[] = "urn:timbrel:morph";
inline constexpr char morph_cv_uri[] =
    "urn:timbrel:morph-cv"; // the same with audio-rate X and Y inputs behind the rest

inline constexpr char bank_property[] = "urn:timbrel:bank";      // atom:Path, writable: the bank that is played
inline constexpr char bank_id_property[] = "urn:timbrel:bankId"; // atom:String, in states: the bank's hash, hexadecimal
inline constexpr char tuning_property[] = "urn:timbrel:tuning";  // atom:Path, writable: a scale, Scala's .scl
inline constexpr char keyboard_map_property[] = "urn:timbrel:keyboardMap"; // atom:Path, writable: beside it, a .kbm
// In states, atom:String: where those files lay, for a path that a moved session no longer leads to.
inline constexpr char bank_file_property[] = "urn:timbrel:bankFile";
inline constexpr char tuning_file_property[] = "urn:timbrel:tuningFile";
inline constexpr char keyboard_map_file_property[] = "urn:timbrel:keyboardMapFile";
inline constexpr char message_property[] =
    "urn:timbrel:message"; // atom:String, readable: why a bank or tuning is missing, or empty
// In states an atom:Chunk, see gesture_bytes.h. Told to windows, once asked for with a patch:Get, as a message of
// numbers: X and Y by turns of places along the gesture's way, none when there is no gesture.
inline constexpr char gesture_property[] = "urn:timbrel:gesture";
inline constexpr uint32_t gesture_outline_places = 128;
inline constexpr char tunings_property[] = "urn:timbrel:tunings"; // atom:Chunk, in states: see tuning_bytes.h
inline constexpr char display_property[] = "urn:timbrel:display"; // for windows, see display.h
// What is for windows alone is told in an atom:Object of the property's type, whose urn:timbrel:numbers is an
// atom:Vector of atom:Float. It is no patch:Set, since Ardour complains on its audio thread about each of those whose
// property it does not know.
inline constexpr char numbers_uri[] = "urn:timbrel:numbers";
inline constexpr char window_uri[] = "urn:timbrel:window";

// X and Y stand before the switches, all other parameters after them in the table's order.
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

// Room that the notify port asks for, bytes: a path, a message, and their wrapping.
inline constexpr uint32_t notify_bytes = 8192;

// Longest path that is taken, bytes with the NUL.
inline constexpr uint32_t path_bytes = 4096;

// Longest message about a failure, likewise.
inline constexpr uint32_t message_bytes = 1024;

} // namespace timbrel::lv2
