// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of a bank file, on disk and in memory. All numbers are little-endian. Threads: any; constants.
//
//   header (one page) | JSON metadata | index | tracks (bank_pitch_tracks.h) | padding to a page | PCM
//
// A *note* is one (pitch, velocity) pair; notes are numbered pitch-major: note = pitch_index * velocities +
// velocity_index. Cells are numbered row-major from the north-west corner: cell = row * columns + column. Columns grow
// to the east, rows to the *south*, but Y = 1 on the plane is north: row = (rows - 1) * (1 - Y). Index entries are
// ordered note-major: entry = note * cells + cell. The PCM has the same order.
//
// Versions: a program reads every version from bank_oldest_version to its own and rejects newer ones. Additions that a
// reader may ignore (unknown metadata keys, bytes between the regions) need no new version. A change that an older
// reader would play wrongly does; it keeps `magic` and `version` at their offsets and adds header fields after the last
// one, where older files contain zeros.
#pragma once

#include <cstdint>

namespace timbrel::engine {

inline constexpr char bank_magic[8] = {'T', 'I', 'M', 'B', 'R', 'E', 'L', '\n'};
// A bank packed for sharing (host/bank_tools/packed_bank.h); defined here so that every reader can name it in its
// error.
inline constexpr char packed_bank_magic[8] = {'T', 'I', 'M', 'B', 'P', 'A', 'C', 'K'};
inline constexpr uint32_t bank_version = 1;
inline constexpr uint32_t bank_oldest_version = 1;
inline constexpr uint32_t bank_page = 4096;
inline constexpr uint32_t bank_frame_bytes = 4;

// Hard limits of the layout; those of the metadata are in bank_metadata.h, checked when a bank is opened.
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
// frames, loop_start and loop_end are the same for all cells and velocities of a pitch, so that a voice needs one
// position for all cells that it blends.
struct BankEntry {
    uint64_t offset;     // bytes from the start of the file, a multiple of 4
    uint32_t frames;     // frames stored
    uint32_t loop_start; // first frame of the loop
    uint32_t loop_end;   // one past its last frame; equals loop_start when the note has no loop
    float gain;
    float decay; // dB per second by which the loop fades while the key is down; 0 for a sustained sound, never negative
    float release; // seconds for a fall of 60 dB after the key is released
};
static_assert(sizeof(BankEntry) == 32);

} // namespace timbrel::engine
