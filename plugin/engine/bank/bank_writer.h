// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a bank file. The layout is fixed at the start, cells may be written in any order, and the file gets its name
// only when it is complete. Threads: control, worker; every function may allocate, block and throw BankError.
#pragma once

#include "plugin/engine/bank/bank_format.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timbrel::engine {

// Length and loop of all notes of one pitch, in frames; see BankEntry.
struct NoteShape {
    uint32_t frames, loop_start, loop_end;
};

struct BankPlan {
    uint32_t rate = 48000; // frames per second
    uint16_t columns = 0, rows = 0;
    std::vector<uint8_t> pitches;    // ascending
    std::vector<uint8_t> velocities; // ascending
    std::vector<NoteShape> shapes;   // one for each pitch
};

// A cell's sound as a bank stores it.
struct EncodedCell {
    std::vector<int16_t> pcm; // interleaved stereo, scaled to the full 16 bits
    float gain;               // that undoes the scaling; not a number if a sample was not finite
};

// `stereo`: interleaved frames, linear amplitude, any range. Threads: any that may allocate; pure.
EncodedCell encode_cell(std::span<const float> stereo);

class BankWriter {
  public:
    // Creates a temporary file (see AtomicFile) and reserves its disk space. Throws BankError when that fails or the
    // plan exceeds a limit. `metadata`: a JSON object. `after_index`: bytes that the metadata describe, written right
    // after the index.
    BankWriter(std::string path, const BankPlan& plan, const nlohmann::json& metadata,
               std::span<const std::byte> after_index = {});
    ~BankWriter(); // removes an unfinished file

    // Encodes and writes one cell: shape.frames stereo frames. `decay` in dB per second, `release` in seconds; see
    // BankEntry. Several threads at once, for different cells.
    void put(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell, std::span<const float> stereo, float decay,
             float release);

    // Writes one cell that is encoded, here or in another bank: shape.frames stereo frames.
    void put_encoded(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell, std::span<const int16_t> stereo,
                     float gain, float decay, float release);

    // Writes index and checksums, syncs, and gives the file its name. Throws BankError if a cell is missing or the disk
    // is full. No other thread may use the object.
    void finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::engine
