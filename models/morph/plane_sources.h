// SPDX-License-Identifier: GPL-3.0-or-later
// The corners of a plane with all notes of a bank: recorded, analysed, matched in loudness.
#pragma once

#include "common/source_options.h"
#include "models/audio/sources/source.h"
#include "models/morph/held_notes.h"
#include "models/morph/plane_note.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace timbrel::models {

// The pitch of a corner whose recording is out of tune: that of the key, or the recording's.
enum class Tuning { key, as_recorded };
std::string tuning_name(Tuning tuning);         // "key", "as-recorded"
Tuning tuning_of_name(const std::string& name); // throws std::runtime_error

// What to bake: two corners on a line, four on a square, or a map of squares with `across` × `down` corners, the
// northern row first.
struct PlaneRecipe {
    std::vector<std::string> sources; // of the corners, row by row; options as in common/source_options.h
    int across = 2, down = 2;
    int grid = 9;                // cells along the side of each square, corners included
    std::vector<int> pitches;    // MIDI notes; empty: default_pitches.h
    std::vector<int> velocities; // 1–127, ascending
    double seconds = 0;          // length of each note, loop included; 0: chosen for each pitch (held_notes.h)
    double release = .7;         // seconds recorded after the key is released
    double network_amount = 1;   // β of plane_note.h
    Tuning tuning = Tuning::key;
    std::string model = "timbrel"; // as find_model (safetensors.h) takes it

    int columns() const { return across > 1 ? (across - 1) * (grid - 1) + 1 : 1; }
    int rows() const { return down > 1 ? (down - 1) * (grid - 1) + 1 : 1; }
};

// Weights of the corners at (column, row) of the grid of cells, fractions allowed: bilinear in the surrounding square.
// Threads: any that may allocate; pure.
std::vector<float> corner_weights(const PlaneRecipe& recipe, double column, double row);
// Those of all cells, row by row from the north-west: [cells, corners].
Tensor cell_weights(const PlaneRecipe& recipe);

using SourceList = std::vector<std::unique_ptr<audio::Source>>;

// Opens the sources of all corners. Thread: control. Throws std::exception with one line that names the source.
SourceList open_sources(const PlaneRecipe& recipe);

// The recipe with default_pitches() where it has none. Threads: any that may allocate; pure.
PlaneRecipe with_pitches(PlaneRecipe recipe, const SourceList& sources);

// Sources that were listened to for long, and a recipe with its pitches.
struct HeldSources {
    PlaneRecipe recipe;
    SourceList sources;
    HeldNotes notes;
};

// Thread: control; uses all cores. Throws AudioError.
HeldSources hold_sources(const PlaneRecipe& recipe, SourceList sources);

// Threads: constructor control; const functions any that may allocate, except original(): one thread at a time for each
// corner.
class PlaneSources {
  public:
    // Opens the sources, records and analyses every note, the sources in parallel. Throws std::exception with one line
    // that names the source.
    PlaneSources(const PlaneRecipe& recipe, torch::Device device);
    // The same with sources that are already open.
    PlaneSources(const PlaneRecipe& recipe, SourceList sources, torch::Device device);
    // The same of sources that were listened to.
    PlaneSources(HeldSources held, torch::Device device);

    const PlaneRecipe& recipe() const { return recipe_; }
    const std::vector<std::string>& names() const { return names_; }
    nlohmann::json provenance() const; // an array, one entry per corner
    // What the sources warn of, and which notes of a corner are not recorded: all corners', or one's.
    std::vector<std::string> warnings() const;
    std::vector<std::string> warnings(size_t corner) const;

    // Cents from the key for each point of a corner's track of pitch, a hop apart, as close_pitch() (pitch_loop.h)
    // makes it: the recording's movement, and its tuning if that is kept. Empty where the pitch stays at the key.
    std::vector<float> pitch_track(size_t corner, size_t pitch, size_t velocity, const LoopRange& loop) const;

    // For one pitch, by its index in the recipe: the length of its note, what its cells share, and its corners
    // [velocity][corner].
    int64_t hops(size_t pitch) const { return held_.lengths[pitch].hops; }
    OscillatorPlan plan(size_t pitch) const;
    const std::vector<std::vector<CornerNote>>& corners(size_t pitch) const { return notes_[pitch]; }
    double f0(size_t pitch) const; // Hz
    NoteSetting setting(size_t pitch, size_t velocity) const;

    // Linear gain of a corner's note re its recording.
    double gain(size_t corner, size_t pitch, size_t velocity) const { return gain_[pitch][velocity][corner]; }

    // The recording of a corner's note [2, frames] at 48 kHz, transposed and tuned as for the corner and at its level.
    // For evaluation.
    Tensor original(size_t corner, size_t pitch, size_t velocity) const;

  private:
    // Notes of a corner that have no recording of their own: transposed from the nearest one with all it has, or
    // resynthesised.
    struct MissingNotes {
        std::set<int> transposed, pitches, velocities;
        std::set<std::string> repeated;
        void add(int pitch, int velocity, const audio::Recording& nearest);
        std::vector<std::string> descriptions() const; // empty where nothing is missing
    };
    audio::Recording recording(size_t corner, size_t pitch, size_t velocity) const;
    void analyse_corner(size_t corner, torch::Device device);
    double tuning(size_t corner) const; // ratio of frequencies
    void normalise_corner(size_t corner);
    void apply_gains(size_t pitch, size_t velocity);
    void limit_loudness_interaction(size_t pitch, size_t velocity);
    void scale_note(size_t pitch, size_t velocity, size_t corner, double gain);

    PlaneRecipe recipe_;
    std::vector<SourceOptions> options_; // of each corner
    SourceList sources_;
    HeldNotes held_;
    std::vector<std::string> names_;
    std::vector<std::vector<std::string>> warnings_;          // of each corner's source
    std::vector<MissingNotes> missing_;                       // of each corner
    std::vector<std::vector<std::vector<CornerNote>>> notes_; // [pitch][velocity][corner]
    std::vector<std::vector<std::vector<double>>> gain_;      // [pitch][velocity][corner], applied to the recording
};

} // namespace timbrel::models
