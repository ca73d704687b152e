// The corners of a plane with every note that a bank asks of them: heard, analysed, made equally loud.
#pragma once

#include "models/audio/sources/source.h"
#include "models/morph/plane_note.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace timbrel::models {

// What to bake. Two corners on a line, four on a square, or any map of squares: `across` × `down` corners, the first
// row is the north.
struct PlaneRecipe {
    std::vector<std::string> sources; // row-major
    int across = 2, down = 2;
    int grid = 9; // cells along the side of each square, corners included
    std::vector<int> pitches, velocities;
    double seconds = 2;  // length of each note, its loop included
    double release = .7; // seconds that a source is heard after its key is let go
    double imagine = 1;  // β of plane.h
    std::string model = "timbrel";

    int columns() const { return across > 1 ? (across - 1) * (grid - 1) + 1 : 1; }
    int rows() const { return down > 1 ? (down - 1) * (grid - 1) + 1 : 1; }
    int64_t hops() const { return int64_t(seconds * frames_per_second); }
};

// Shares of the corners at (column, row) of the cells' grid, fractions allowed: bilinear in the square around it.
std::vector<float> corner_shares(const PlaneRecipe& recipe, double column, double row);
// Of all cells, from the north-west along the rows: [cells, corners].
Tensor cell_shares(const PlaneRecipe& recipe);

class PlaneSources {
  public:
    // Opens the sources, listens to them and analyses every note, sources side by side. Throws std::exception with one
    // line that names the source.
    PlaneSources(const PlaneRecipe& recipe, torch::Device device);

    const PlaneRecipe& recipe() const { return recipe_; }
    const std::vector<std::string>& names() const { return names_; }
    nlohmann::json provenance() const; // of each corner
    std::vector<std::string> warnings() const;

    // Of one pitch of the recipe, by its number there: what its cells share, and its corners [velocity][corner].
    OscillatorPlan plan(size_t pitch) const;
    const std::vector<std::vector<CornerNote>>& corners(size_t pitch) const { return notes_[pitch]; }
    double f0(size_t pitch) const;
    NoteSetting setting(size_t pitch, size_t velocity) const;

    // The recording behind a corner's note, [2, frames] at 48 kHz, as loud as the corner. For measuring.
    Tensor original(size_t corner, size_t pitch, size_t velocity) const;

  private:
    struct Gaps { // what of a corner was never recorded
        std::set<int> pitches, velocities;
        void note(int pitch, int velocity, const audio::Recording& nearest);
        std::string told() const; // empty where nothing is missing
    };
    void listen(size_t corner, torch::Device device);
    void level_corner(size_t corner);
    void level_squares(size_t pitch, size_t velocity);
    void amplify(size_t pitch, size_t velocity, size_t corner, double gain);

    PlaneRecipe recipe_;
    std::vector<std::unique_ptr<audio::Source>> sources_;
    std::vector<std::string> names_;
    std::vector<Gaps> gaps_;                                  // of each corner
    std::vector<std::vector<std::vector<CornerNote>>> notes_; // [pitch][velocity][corner]
    std::vector<std::vector<std::vector<double>>> gain_;      // likewise: of the recording
};

} // namespace timbrel::models
