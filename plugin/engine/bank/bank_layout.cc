// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_layout.h"

#include "plugin/engine/bank/bank_metadata.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace timbrel::engine {

namespace {

bool ascending(const uint8_t* values, uint32_t count, uint8_t minimum) {
    for (uint32_t i = 0; i < count; ++i)
        if (values[i] > 127 || values[i] < (i == 0 ? minimum : values[i - 1] + 1)) return false;
    return true;
}

bool in_range(float value, float maximum) { return value >= 0.0f && value <= maximum; } // false for NaN

uint64_t notes_of(const BankHeader& header) { return uint64_t{header.pitches} * header.velocities; }

uint64_t cells_of(const BankHeader& header) { return uint64_t{header.columns} * header.rows; }

bool same_length_and_loop(const BankEntry& a, const BankEntry& b) {
    return a.frames == b.frames && a.loop_start == b.loop_start && a.loop_end == b.loop_end;
}

std::string entry_error(const BankEntry& entry) {
    if (entry.frames == 0 || entry.frames > bank_max_frames) return "invalid length";
    if (entry.loop_start > entry.loop_end || entry.loop_end > entry.frames) return "loop outside the sound";
    if (entry.loop_end != entry.loop_start && entry.loop_end - entry.loop_start < bank_min_loop) return "invalid loop";
    if (!in_range(entry.gain, bank_max_gain)) return "invalid gain";
    if (!in_range(entry.decay, bank_max_decay)) return "invalid decay";
    if (!in_range(entry.release, bank_max_release)) return "invalid release";
    return "";
}

} // namespace

std::string version_error(uint32_t version) {
    if (version > bank_version)
        return "written by a later Timbrel (bank version " + std::to_string(version) + ", this one reads up to " +
               std::to_string(bank_version) + "); update Timbrel";
    if (version < bank_oldest_version)
        return "bank version " + std::to_string(version) + " is no longer read; bake it again";
    return "";
}

std::string header_error(const BankHeader& header) {
    if (header.rate < bank_min_rate || header.rate > bank_max_rate) return "invalid rate";
    if (header.channels != 2) return "not stereo";
    if (header.columns < 1 || header.columns > bank_max_side || header.rows < 1 || header.rows > bank_max_side)
        return "invalid grid";
    if (header.pitches < 1 || header.pitches > bank_max_pitches || !ascending(header.pitch, header.pitches, 0))
        return "invalid pitches";
    if (header.velocities < 1 || header.velocities > bank_max_velocities ||
        !ascending(header.velocity, header.velocities, 1))
        return "invalid velocities";
    return "";
}

std::string regions_error(const BankHeader& header, uint64_t file_bytes) {
    if (header.file_bytes != file_bytes)
        return "is " + std::to_string(file_bytes) + " bytes long instead of " + std::to_string(header.file_bytes) +
               "; copy or bake it again";
    if (header.json_offset != header.header_bytes || header.json_bytes > bank_max_json) return "invalid metadata size";
    const uint64_t json_end = header.json_offset + header.json_bytes;
    if (header.index_entries != notes_of(header) * cells_of(header)) return "index does not fit the grid";
    if (header.index_offset < json_end || header.index_offset % alignof(BankEntry) != 0 ||
        header.index_offset > file_bytes)
        return "invalid index position";
    const uint64_t index_end = header.index_offset + header.index_entries * sizeof(BankEntry);
    if (header.pcm_offset < index_end || header.pcm_offset % bank_page != 0 || header.pcm_offset > file_bytes ||
        header.pcm_offset > bank_max_head || header.pcm_bytes != file_bytes - header.pcm_offset)
        return "invalid PCM position";
    return "";
}

std::string file_error(const BankHeader& header, uint64_t file_bytes) {
    if (std::memcmp(header.magic, packed_bank_magic, sizeof packed_bank_magic) == 0)
        return "packed for sharing; make a bank of it with timbrel unpack";
    if (std::memcmp(header.magic, bank_magic, sizeof bank_magic) != 0) return "not a Timbrel bank";
    if (auto error = version_error(header.version); !error.empty()) return error;
    if (header.header_bytes != bank_page) return "invalid header size";
    if (auto error = header_error(header); !error.empty()) return error;
    return regions_error(header, file_bytes);
}

std::string index_error(const BankHeader& header, const BankEntry* index) {
    const uint64_t cells = cells_of(header), notes = notes_of(header);
    const uint64_t pcm_end = header.pcm_offset + header.pcm_bytes;
    uint64_t end = header.pcm_offset;
    for (uint64_t i = 0; i < notes * cells; ++i) {
        const auto& entry = index[i];
        const auto location = [&] {
            return "note " + std::to_string(i / cells) + ", cell " + std::to_string(i % cells) + ": ";
        };
        if (const auto error = entry_error(entry); !error.empty()) return location() + error;
        const uint64_t bytes = uint64_t{entry.frames} * bank_frame_bytes;
        if (entry.offset % bank_frame_bytes != 0 || entry.offset < end || entry.offset > pcm_end ||
            bytes > pcm_end - entry.offset)
            return location() + "invalid PCM position";
        const uint64_t first_of_pitch = i / (cells * header.velocities) * (cells * header.velocities);
        if (!same_length_and_loop(entry, index[first_of_pitch]))
            return location() + "length or loop differs from its pitch's";
        end = entry.offset + bytes;
    }
    return "";
}

uint64_t hash_head(std::span<const std::byte> head) {
    BankHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    header.head_hash = 0;
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    XXH3_64bits_update(&state, &header, sizeof header);
    XXH3_64bits_update(&state, head.data() + sizeof header, head.size() - sizeof header);
    return XXH3_64bits_digest(&state);
}

struct PcmHash::State {
    XXH3_state_t hash;
};

PcmHash::PcmHash() : state_(std::make_unique<State>()) { XXH3_64bits_reset(&state_->hash); }

PcmHash::~PcmHash() = default;

void PcmHash::add(std::span<const std::byte> pcm) { XXH3_64bits_update(&state_->hash, pcm.data(), pcm.size()); }

uint64_t PcmHash::value() const { return XXH3_64bits_digest(&state_->hash); }

} // namespace timbrel::engine
