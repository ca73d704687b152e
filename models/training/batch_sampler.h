// SPDX-License-Identifier: GPL-3.0-or-later
// Draws augmented batches of notes to reproduce.
// Thread: worker; one thread at a time for each object. The same seed draws the same batches.
#pragma once

#include "models/training/dataset.h"

#include <random>
#include <unordered_map>

namespace timbrel::models {

// Rows are excerpts of notes, those of a note adjacent. Note i of the second half is the partner with which note i of
// the first half is interpolated: the same pitch, velocity and excerpts of a random instrument.
struct Batch {
    Tensor x, mask, c;            // features in network units, [rows, …]; conditions [rows, 8]
    std::vector<int64_t> pitches; // MIDI pitch of each row
    Tensor weight;                // [rows, frames]
};

// Moves a batch to a device.
Batch to_device(const Batch& batch, torch::Device device);

class BatchSampler {
  public:
    // `attack_weight`: of each frame of the attack, relative to later ones.
    BatchSampler(const Dataset& notes, double attack_weight, uint64_t seed);

    // On the CPU, with the number of notes of the recipe.
    Batch next();

  private:
    using Excerpts = std::vector<int64_t>; // first frames

    Excerpts draw_excerpts(int64_t frames);
    Tensor weights_of(const Excerpts& excerpts) const;
    int64_t random_index(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
    double random_unit() { return std::uniform_real_distribution<double>()(random_); }

    const Dataset& notes_;
    double attack_weight_;
    std::mt19937_64 random_;
    at::Generator generator_;
    std::unordered_map<int64_t, std::vector<int64_t>> by_key_;
};

// MIDI pitches of Dataset keys.
std::vector<int64_t> pitches_of(const Tensor& key);

} // namespace timbrel::models
