// SPDX-License-Identifier: GPL-3.0-or-later
// Draws augmented batches for training: notes to reproduce, and corners with the true sound between them.
// Thread: worker; one thread at a time for each object. The same seed draws the same batches.
#pragma once

#include "models/training/dataset.h"
#include "models/training/filtered_features.h"

#include <functional>
#include <random>
#include <unordered_map>

namespace timbrel::models {

// Rows are excerpts of notes, those of a note adjacent.
struct Batch {
    Tensor x, mask, c;            // features in network units, [rows, …]; conditions [rows, 8]
    std::vector<int64_t> pitches; // MIDI pitch of each row
    Tensor weight;                // [rows, frames]
};

// Corners, one excerpt each, and the true sounds between them. Row r of every corner belongs to row r of `weights` and
// `truth`.
struct BetweenBatch {
    Batch corners;  // all rows of the first corner, then all of the second, …
    Tensor weights; // [rows, corners]; each row sums to 1
    Tensor truth;   // [rows, feature_count, frames] in network units, under the conditions of its corners
    int64_t count() const { return weights.size(1); } // of corners
};

// Note i of the second half of `notes` is the partner with which note i of the first half is interpolated: the same
// pitch, velocity and excerpts of a random instrument. `pairs` have a knob between two corners, `squares` two knobs
// between four.
struct TrainingBatch {
    Batch notes;
    BetweenBatch pairs, squares;
};

enum class PairKind { all, bodies, knobs };

struct SamplerOptions {
    double attack_weight = 1; // of each frame of the attack, relative to later ones
    uint64_t seed = 0;
    uint64_t first_body_seed = 0; // of the bodies; ranges that do not overlap give bodies never seen
    bool augmented = true;
    PairKind pairs = PairKind::all;
};

class BatchSampler {
  public:
    // `chains`: notes of instruments with a knob (knob_chains.h); may be empty (nullptr).
    BatchSampler(const Dataset& notes, const Dataset* chains, const SamplerOptions& options);

    // On the CPU, with the numbers of notes, pairs and squares of the recipe.
    TrainingBatch next();

  private:
    struct Example {
        std::vector<Tensor> corners; // [feature_count, between_frames] dB
        std::vector<double> weights; // of the corners
        Tensor truth;                // like a corner
        Tensor mask, f0, velocity;
        int64_t pitch;
    };
    using Excerpts = std::vector<int64_t>; // first frames

    Batch draw_notes();
    Example draw_pair(const Excerpts& excerpt);
    Example through_bodies(const Excerpts& excerpt, int count);
    Example from_chain(const Excerpts& excerpt);
    Example from_velocities(const Excerpts& excerpt);
    BetweenBatch draw_between(int64_t rows, const std::function<Example(const Excerpts&)>& draw);
    Tensor filter_shift(const Tensor& f0);
    Excerpts draw_excerpts(int64_t count, int64_t frames, int64_t excerpt_frames);
    Tensor weights_of(const Excerpts& excerpts, int64_t excerpt_frames) const;
    int64_t loudest_frame(int64_t note);
    int64_t random_index(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
    double random_unit() { return std::uniform_real_distribution<double>()(random_); }

    const Dataset& notes_;
    const Dataset* chains_;
    SamplerOptions options_;
    std::mt19937_64 random_;
    at::Generator generator_;
    FeatureFilter filter_;
    std::unordered_map<int64_t, int64_t> loudest_frames_; // of notes
    std::unordered_map<int64_t, std::vector<int64_t>> by_key_;
    std::vector<std::array<int64_t, 3>> by_velocity_; // notes of one instrument and pitch, softest first
};

// Moves a batch to a device.
Batch to_device(const Batch& batch, torch::Device device);
TrainingBatch to_device(const TrainingBatch& batch, torch::Device device);

// MIDI pitches of Dataset keys.
std::vector<int64_t> pitches_of(const Tensor& key);

} // namespace timbrel::models
