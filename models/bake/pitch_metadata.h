// SPDX-License-Identifier: GPL-3.0-or-later
// The movement of the corners' pitch, which the cells do not contain, in the forms that a bank stores.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/plane_sources.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace timbrel::models {

// In the form of plugin/engine/bank/bank_vibrato.h. For all pitches, because all shards of a bank need the same.
nlohmann::json vibrato_metadata(const PlaneSources& sources);

// The rest, of these pitches (indices in the recipe): a point each hop. `plans`: of every pitch of the recipe.
engine::PitchTrackList pitch_tracks(const PlaneSources& sources, const std::vector<size_t>& pitches,
                                    const std::vector<OscillatorPlan>& plans);

} // namespace timbrel::models
