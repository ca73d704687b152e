// SPDX-License-Identifier: GPL-3.0-or-later
// path_monotonicity: how evenly a note changes along straight paths over a plane.
// Threads: control, worker.
#pragma once

#include "models/morph/plane_sources.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

// Measures over a straight path in eight steps of equal length, each position rendered as a sustained key. A reversal
// is the largest change against the direction from the first to the last position. Distances are ELSD′
// (models/audio/analysis/spectral_distance.h) in dB. Smoothness, intermediateness and correspondence after
// SoundMorpher, arXiv 2410.02144.
struct PathMonotonicity {
    std::string name;
    bool edge = false;              // along an edge, where only the two corners at its ends contribute
    double loudness_deviation = 0;  // dB: largest deviation of loudness (loudest 0.4 s) from the line between the ends
    double brightness_reversal = 0; // ERB: reversal of the centroid of loudness
    double attack_reversal = 0;     // reversal of the attack time, as a ratio minus 1
    double decay_reversal = 0;      // dB: reversal of audio::late_level
    double largest_step = 0;        // relative to the mean step
    double mean_step = 0, step_deviation = 0; // smoothness: mean and standard deviation of the steps
    double intermediateness = 0;              // sum of the steps over the distance between the ends; at best 1
    double correspondence = 0; // distance of the middle from the first end, over the sum of its distances from both
};

nlohmann::json to_json(const PathMonotonicity& path);

// Evaluates the edges, the diagonals and one oblique path of a plane of four corners, or the one path of a line. Skips
// paths with a silent end.
std::vector<PathMonotonicity> evaluate_paths(const PlaneRecipe& recipe, const PlaneNote& note, const LoopRange& loop);

} // namespace timbrel::models
