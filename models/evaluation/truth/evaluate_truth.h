// SPDX-License-Identifier: GPL-3.0-or-later
// truth: a method gets a note at two settings of a knob and makes the note at a setting between. How far is that from
// the recording of the note at that setting?
// Thread: control; uses all cores.
#pragma once

#include "models/evaluation/truth/triples.h"
#include "models/evaluation/truth/truth_methods.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <string>

namespace timbrel::models {

inline constexpr std::array truth_positions{.25, .5, .75}; // from A, 0, to B, 1
inline constexpr std::array<const char*, truth_positions.size()> truth_position_keys{"0.25", "0.5", "0.75"};

// Ends less than this apart (ELSD in dB) are left out: analysis and synthesis alone differ from a recording by 2 dB.
inline constexpr double min_distance_of_ends = 3;

// The recordings of a triple at truth_positions, padded to one length. Throws AudioError where one of them is silent,
// or the ends are less than min_distance_of_ends apart.
struct RecordedTriple {
    TripleSounds sounds;
    double distance_of_ends; // ELSD between A and B over truth_seconds, dB
};
RecordedTriple record_triple(const TruthTriple& triple);

// "groups": list, in the order of the triples, each with "name", "families", "mean" over families and "worst". A family
// has "name", "notes", "distance_of_ends" and "positions": for each of truth_position_keys and truth_method_keys the
// means "elsd" and "attack_elsd" over the notes, in dB, of the distance from the true recording; "ratio" and
// "attack_ratio", the means of the notes' paired ratios of "network" to "mean_in_db"; "ratio_of_means". "worst": the
// family with the largest ratio half way. "triples": every single result. "left_out": triples that could not be
// evaluated, with "why".
nlohmann::json evaluate_triples(const NoteModelPtr& network, const std::vector<TruthTriple>& triples,
                                torch::Device device);

// The same of truth_triples(split). Throws what truth_triples() throws.
nlohmann::json evaluate_truth(const NoteModelPtr& network, Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_truth(const nlohmann::json& truth);

} // namespace timbrel::models
