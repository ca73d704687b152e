// The layout of a bank file, as it lies on disk and in memory once mapped. All numbers are little-endian.
//
//   header (one page) | JSON metadata | index | padding to a page | PCM
//
// A *note* is one (pitch, velocity) pair; notes are numbered pitch-major: note = pitch_index * velocities +
// velocity_index. Cells are numbered row-major from the north-west corner: cell = row * columns + column, so X grows to
// the east and Y grows to the *south* in cell numbers; on the plane Y = 1 is north (row = (rows - 1) * (1 - Y)). Index
// entries are ordered note-major: entry = note * cells + cell. The PCM lies in the same order.
//
// Versions: a program reads every version from bank_oldest_version to its own and refuses a newer one by its number.
// What a reader may pass over needs no new version: metadata keys it does not know, bytes between the regions. A new
// version is for what an older reader would play wrongly; it keeps magic and version in place and adds header fields
// behind the last, where older files hold zeros.
#pragma once

#include <cstdint>

namespace timbrel::engine {

inline constexpr char bank_magic[8] = {'T', 'I', 'M', 'B', 'R', 'E', 'L', '\n'};
// A bank packed for sharing (host/packed_bank.h): told apart here, so that every program can say what it is.
inline constexpr char packed_bank_magic[8] = {'T', 'I', 'M', 'B', 'P', 'A', 'C', 'K'};
inline constexpr uint32_t bank_version = 1;
inline constexpr uint32_t bank_oldest_version = 1;
inline constexpr uint32_t bank_page = 4096;
inline constexpr uint32_t bank_frame_bytes = 4;

// Hard limits, checked when a bank is opened.
inline constexpr uint32_t bank_max_side = 64; // cells along one side of the plane
inline constexpr uint32_t bank_max_pitches = 128;
inline constexpr uint32_t bank_max_velocities = 16;
inline constexpr uint32_t bank_max_frames = 1u << 24; // of one note
inline constexpr uint32_t bank_min_loop = 64;         // frames, of a note that loops

struct BankHeader {
    char magic[8];
    uint32_t version;
    uint32_t header_bytes; // bank_page
    uint64_t file_bytes;
    uint64_t json_offset, json_bytes;
    uint64_t index_offset, index_entries;
    uint64_t pcm_offset, pcm_bytes;
    uint32_t rate;     // frames per second
    uint16_t channels; // 2
    uint16_t columns, rows;
    uint16_t pitches, velocities;
    uint8_t pitch[bank_max_pitches];       // MIDI note numbers, ascending
    uint8_t velocity[bank_max_velocities]; // 1–127, ascending
    uint64_t head_hash; // XXH3-64 of everything before the PCM, this field as zero: checked at every opening
    uint64_t pcm_hash;  // XXH3-64 of all PCM: checked by `timbrel info --verify`
};
static_assert(sizeof(BankHeader) <= bank_page);

// One cell of one note. PCM is interleaved 16-bit stereo; sample value = pcm / 32767 * gain.
// frames, loop_start and loop_end agree among all cells and velocities of a pitch, so that one position serves a whole
// voice.
struct BankEntry {
    uint64_t offset;     // bytes from the start of the file, a multiple of 4
    uint32_t frames;     // frames stored
    uint32_t loop_start; // first frame of the loop
    uint32_t loop_end;   // one past its last frame; equals loop_start when the note has no loop
    float gain;
    float decay; // dB per second by which the loop fades while the key is held; 0 for a sustained sound, never negative
    float release; // seconds in which the level falls by 60 dB once the key is let go
};
static_assert(sizeof(BankEntry) == 32);

} // namespace timbrel::engine
