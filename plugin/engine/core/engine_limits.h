// Fixed sizes of the instrument, together in one place.
#pragma once

#include <cstdint>

namespace timbrel::engine {

inline constexpr uint32_t tick_frames = 64;    // control values are computed this often and joined by straight lines
inline constexpr uint32_t max_polyphony = 256; // the polyphony parameter's upper end
inline constexpr uint32_t spare_voices = 64;   // play the fades of stolen notes
inline constexpr uint32_t max_voices = max_polyphony + spare_voices;
inline constexpr uint32_t max_events = 8192;         // MIDI messages for one block
inline constexpr uint32_t max_exclusive_bytes = 512; // of one system exclusive message; longer ones mean nothing here
inline constexpr uint32_t max_exclusive_block_bytes = 8192; // of all of them in one block
inline constexpr uint32_t max_tunings = 256;                // of which MIDI may tell, the first included
inline constexpr float fade_seconds = 0.005f;               // of a stolen note
inline constexpr float control_seconds = 0.01f; // in which bend, tuning, volume, level and filter reach a new value
inline constexpr float splice_seconds = 0.05f;  // in which a broken way on the plane is mended
inline constexpr float silence = 1e-5f;         // amplitude below which a released note ends

} // namespace timbrel::engine
