// Writes a bank file: space is laid out at once, cells arrive in any order from any thread, the file appears under its
// name only when it is complete. Offline use only: every function may allocate, block and throw BankError.
#pragma once

#include "plugin/engine/bank/bank_format.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timbrel::engine {

struct NoteShape { // of one pitch, in frames
    uint32_t frames, loop_start, loop_end;
};

struct BankPlan {
    uint32_t rate = 48000;
    uint16_t columns = 0, rows = 0;
    std::vector<uint8_t> pitches;    // ascending
    std::vector<uint8_t> velocities; // ascending
    std::vector<NoteShape> shapes;   // one for each pitch
};

class BankWriter {
  public:
    // Creates PATH.part beside PATH and lays out the file. Throws BankError when the disk refuses or the plan breaks a
    // limit.
    BankWriter(std::string path, BankPlan plan, const nlohmann::json& metadata);
    ~BankWriter(); // an unfinished PATH.part is removed

    // Stores one cell: `frames` interleaved stereo frames (2 × shape.frames floats, linear amplitude, any range). It is
    // scaled to full range, its gain goes into the index. Any thread; different cells may be put at the same time.
    void put(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell, std::span<const float> stereo, float decay,
             float release);

    // Stores one cell as another bank holds it: shape.frames stereo frames, its gain, decay and release as they are.
    void put_stored(uint32_t pitch_index, uint32_t velocity_index, uint32_t cell, std::span<const int16_t> stereo,
                    float gain, float decay, float release);

    // Writes index and checksums, syncs, and renames to PATH. Throws BankError if a cell is missing or the disk is
    // full.
    void finish();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timbrel::engine
