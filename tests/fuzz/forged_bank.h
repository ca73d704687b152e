// SPDX-License-Identifier: GPL-3.0-or-later
// Makes bank files of a fuzzer's input: the layout and the checksum are right whatever the fields contain, so that the
// checks behind them are reached. Thread: the test's.
#pragma once

#include "plugin/engine/bank/bank_format.h"
#include "plugin/engine/bank/bank_layout.h"
#include "tests/fuzz/fuzz.h"

#include <vector>

namespace timbrel::test {

// The parts of a bank file. An input contains, in this order:
//   rate (4 bytes), columns, rows, pitches, velocities (1 byte each), first pitch and step, first velocity and step;
//   sizes of the metadata and the index entries in the input (2 bytes each), number of patches (1 byte);
//   metadata, entries, patches (offset of 2 bytes, value of 8).
// An index longer than the entries of the input repeats them. Patches overwrite any 8 bytes before the PCM, before the
// checksum is computed.
struct ForgedBank {
    static constexpr size_t max_entries = 4096;
    static constexpr size_t max_pcm = size_t{1} << 16;

    explicit ForgedBank(Input& input) {
        header.rate = input.number<uint32_t>();
        header.channels = 2;
        for (uint16_t* const count : {&header.columns, &header.rows, &header.pitches, &header.velocities})
            *count = input.number();
        const uint8_t pitch = input.number(), pitch_step = input.number();
        for (int i = 0; i < header.pitches && i < int{engine::bank_max_pitches}; ++i)
            header.pitch[i] = static_cast<uint8_t>(pitch + i * pitch_step);
        const uint8_t velocity = input.number(), velocity_step = input.number();
        for (int i = 0; i < header.velocities && i < int{engine::bank_max_velocities}; ++i)
            header.velocity[i] = static_cast<uint8_t>(velocity + i * velocity_step);
        const size_t json_bytes = input.number<uint16_t>(), entries = input.number<uint16_t>() % max_entries;
        const size_t patches = input.number();
        json = input.text(json_bytes);
        read_index(input, entries);
        lay_out();
        for (size_t i = 0; i < patches && !input.empty(); ++i) patch(input);
        engine::BankHeader patched;
        std::memcpy(&patched, head.data(), sizeof patched);
        patched.head_hash = engine::hash_head(head);
        std::memcpy(head.data(), &patched, sizeof patched);
    }

    engine::BankHeader header{};
    std::string json;
    std::vector<engine::BankEntry> index;
    std::vector<std::byte> head; // everything before the PCM
    size_t pcm_bytes = 0;

  private:
    void read_index(Input& input, size_t given) {
        const size_t wanted = size_t{header.columns} * header.rows * header.pitches * header.velocities;
        std::vector<engine::BankEntry> entries(given);
        for (engine::BankEntry& entry : entries) entry = input.number<engine::BankEntry>();
        for (size_t i = 0; !entries.empty() && i < std::min(wanted, max_entries); ++i)
            index.push_back(entries[i % entries.size()]);
    }

    // Offsets of the entries count from the end of the one before.
    void lay_out() {
        std::memcpy(header.magic, engine::bank_magic, sizeof header.magic);
        header.version = engine::bank_version;
        header.header_bytes = engine::bank_page;
        header.json_offset = engine::bank_page;
        header.json_bytes = json.size();
        header.index_offset = (header.json_offset + json.size() + 7) / 8 * 8;
        header.index_entries = index.size();
        const size_t index_bytes = index.size() * sizeof(engine::BankEntry);
        header.pcm_offset = engine::round_to_page(header.index_offset + index_bytes);
        uint64_t end = header.pcm_offset;
        for (engine::BankEntry& entry : index) {
            entry.offset = std::min<uint64_t>(entry.offset, max_pcm) + end;
            end = std::min(entry.offset + uint64_t{entry.frames} * engine::bank_frame_bytes, end + max_pcm);
        }
        pcm_bytes = std::min<size_t>(end - header.pcm_offset, max_pcm);
        header.pcm_bytes = pcm_bytes;
        header.file_bytes = header.pcm_offset + pcm_bytes;
        head.resize(header.pcm_offset);
        std::memcpy(head.data(), &header, sizeof header);
        std::memcpy(head.data() + header.json_offset, json.data(), json.size());
        if (!index.empty()) std::memcpy(head.data() + header.index_offset, index.data(), index_bytes);
    }

    void patch(Input& input) {
        const size_t at = input.number<uint16_t>() % (head.size() - sizeof(uint64_t));
        const auto value = input.number<uint64_t>();
        std::memcpy(head.data() + at, &value, sizeof value);
    }
};

} // namespace timbrel::test
