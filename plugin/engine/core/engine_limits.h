// SPDX-License-Identifier: GPL-3.0-or-later
// Fixed sizes and times of the engine. Threads: any; constants.
#pragma once

#include <cstdint>

namespace timbrel::engine {

inline constexpr uint32_t tick_frames = 64;    // control values are computed once a tick and interpolated linearly
inline constexpr uint32_t max_polyphony = 256; // upper end of the polyphony parameter
inline constexpr uint32_t spare_voices = 64;   // for stolen notes that fade
inline constexpr uint32_t max_voices = max_polyphony + spare_voices;
inline constexpr uint32_t max_events = 8192;            // MIDI messages in one block
inline constexpr uint32_t max_sysex_bytes = 512;        // of one message; no message understood here is longer
inline constexpr uint32_t max_sysex_block_bytes = 8192; // of all messages in one block
inline constexpr uint32_t max_tunings = 256;            // tuning programs with a table of their own, program 0 included
inline constexpr float steal_fade_seconds = 0.005f;     // fade of a stolen note, and the shortest release
inline constexpr float control_seconds = 0.01f;         // smoothing of bend, tuning, volume, level and filter
inline constexpr float jump_smoothing_seconds = 0.05f;  // smoothing of jumps on the plane
inline constexpr float max_voice_amplitude = 15.848932f; // +24 dBFS, whatever bank, velocity and filter ask for
inline constexpr float silence_amplitude = 1e-5f;        // a released note ends below this amplitude

} // namespace timbrel::engine
