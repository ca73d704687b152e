// SPDX-License-Identifier: GPL-3.0-or-later
// The MIDI controller numbers that have a function here. Threads: any; constants.
#pragma once

#include <cstdint>

namespace timbrel::engine::controllers {

inline constexpr uint8_t bank_select = 0;
inline constexpr uint8_t modulation = 1;
inline constexpr uint8_t portamento_time = 5;
inline constexpr uint8_t data_entry = 6;
inline constexpr uint8_t volume = 7;
inline constexpr uint8_t expression = 11;
inline constexpr uint8_t x = 16;
inline constexpr uint8_t y = 17;
inline constexpr uint8_t bank_select_fine = 32;
inline constexpr uint8_t data_entry_fine = 38;
inline constexpr uint8_t sustain = 64;
inline constexpr uint8_t portamento = 65;
inline constexpr uint8_t sostenuto = 66;
inline constexpr uint8_t soft = 67;
inline constexpr uint8_t timbre = 74;
inline constexpr uint8_t data_increment = 96;
inline constexpr uint8_t data_decrement = 97;
inline constexpr uint8_t unregistered_low = 98;
inline constexpr uint8_t unregistered_high = 99;
inline constexpr uint8_t registered_low = 100;
inline constexpr uint8_t registered_high = 101;
inline constexpr uint8_t all_sound_off = 120;
inline constexpr uint8_t reset_all = 121;
inline constexpr uint8_t all_notes_off = 123; // the mode messages 124 to 127 imply it

} // namespace timbrel::engine::controllers
