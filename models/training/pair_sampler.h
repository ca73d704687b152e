// SPDX-License-Identifier: GPL-3.0-or-later
// Draws pairs of sounds and the true sound between them. The three differ in the setting of a body that filters a
// recording, in the knob of an instrument, or in the velocity of a preset's note. Every row is one frame, at even level
// as planes encode notes (normalise_level).
// Thread: worker; one thread at a time for each object. The same seed draws the same batches.
#pragma once

#include "models/training/dataset.h"
#include "models/training/filtered_features.h"

#include <array>
#include <map>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

namespace timbrel::models {

// Rows of equal pitch are adjacent.
struct PairBatch {
    Tensor a, b, between;         // [rows, feature_count, 1] network units
    Tensor position;              // [rows] of the sound between, 0 (a) to 1 (b)
    Tensor mask, c;               // [rows, feature_count], [rows, 8]
    Tensor exact;                 // [rows] 1 where features are exact (bodies), 0 where they were measured
    Tensor gain;                  // [rows] dB by which normalise_level raised the sound between
    std::vector<int64_t> pitches; // MIDI pitch of each row
};

PairBatch to_device(const PairBatch& batch, torch::Device device);

enum class PairKind { all, bodies, knobs };

struct PairSamplerOptions {
    uint64_t seed = 0;
    uint64_t first_body_seed = 0; // of the bodies; ranges that do not overlap give bodies never seen
    bool augmented = true;
    PairKind kind = PairKind::all;
};

class PairSampler {
  public:
    // `chains`: notes of instruments with a knob (knob_chains.h); nullptr for none.
    PairSampler(const Dataset& notes, const Dataset* chains, const PairSamplerOptions& options);

    // On the CPU, as many rows as the recipe says.
    PairBatch next();

  private:
    // A data set by pitch, and a loud frame of each note.
    struct Notes {
        explicit Notes(const Dataset& data) : set(data) {}
        Tensor frame(int64_t note, int64_t index) const; // [feature_count] dB
        int64_t loud_frame(int64_t note);
        const Dataset& set;
        std::unordered_map<int64_t, int64_t> loud_frames;
    };
    // Frames of three sounds and their loudest frames, [feature_count, rows] dB each.
    struct Triples {
        std::array<Tensor, 3> sound, loud; // a, between, b
        std::vector<double> position;
        std::vector<Tensor> mask, f0, velocity;
        bool exact = false;
    };
    using Example = std::array<int64_t, 3>; // notes of one pitch: a, between, b

    void add_examples();
    Triples through_bodies(int64_t pitch);
    Triples of_notes(Notes& notes, const std::vector<std::pair<Example, double>>& examples);
    int64_t draw_frame(const Dataset& set);
    void append(PairBatch& batch, Triples triples, int64_t pitch);
    int64_t random_index(size_t n) { return std::uniform_int_distribution<int64_t>(0, int64_t(n) - 1)(random_); }
    double random_unit() { return std::uniform_real_distribution<double>()(random_); }

    Notes notes_;
    std::unique_ptr<Notes> chains_;
    PairSamplerOptions options_;
    std::mt19937_64 random_;
    at::Generator generator_;
    FeatureFilter filter_;
    // By pitch: notes; triples of notes, each with the position of the one between.
    std::map<int64_t, std::vector<int64_t>> notes_by_pitch_;
    std::map<int64_t, std::vector<std::pair<Example, double>>> knobs_by_pitch_, velocities_by_pitch_;
};

} // namespace timbrel::models
