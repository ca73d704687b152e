// What a finger hears that draws straight lines over a plane.
#pragma once

#include "models/morph/plane_sources.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

// A straight way in eight steps of equal length, each place as a held key sounds. Steps and distances are ELSD′
// (sound/measures.h) in dB. Correspondence, intermediateness and smoothness: SoundMorpher, arXiv 2410.02144.
struct WayTruth {
    std::string name;
    bool edge = false;           // no corners beside the two at its ends
    double uneven = 0;           // dB: how far loudness, the loudest 0.4 s, is from the line between the ends, at most
    double brightness_back = 0;  // ERB: how far the centroid of loudness turns back, at most
    double attack_back = 0;      // share by which the time turns back in which the level rises, at most
    double decay_back = 0;       // dB by which late_level turns back
    double largest_step = 0;     // over the mean one
    double step = 0, spread = 0; // smoothness: mean of the steps and their standard deviation
    double path = 0;             // intermediateness: all steps over the distance between the ends, 1 for a line
    double middle = 0;           // correspondence: half way's distance to the first end over that to both
};

nlohmann::json to_json(const WayTruth& way);

// Edges, diagonals and one more way over a plane of four corners, or the one way between two. None where an end is
// silent.
std::vector<WayTruth> judge_ways(const PlaneRecipe& recipe, const PlaneNote& note, const LoopPlace& loop);

} // namespace timbrel::models
