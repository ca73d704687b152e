// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/pitch_metadata.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr double cents_per_unit = .1;

double rounded(double value, double digits) { return std::round(value * digits) / digits; }

} // namespace

json vibrato_metadata(const PlaneSources& sources) {
    const auto& recipe = sources.recipe();
    json list = json::array();
    for (size_t p = 0; p < recipe.pitches.size(); ++p)
        for (size_t v = 0; v < recipe.velocities.size(); ++v) {
            const auto& corners = sources.corners(p)[v];
            if (std::ranges::none_of(corners, [](const auto& corner) { return corner.pitch.vibrato.present(); }))
                continue;
            json depths, rates, delays, phases;
            for (const auto& corner : corners) {
                const Vibrato& vibrato = corner.pitch.vibrato;
                depths.push_back(rounded(vibrato.depth, 10));
                rates.push_back(rounded(vibrato.rate, 100));
                delays.push_back(rounded(vibrato.delay, 100));
                phases.push_back(rounded(vibrato.phase, 1000));
            }
            list.push_back({{"pitch", recipe.pitches[p]},
                            {"velocity", recipe.velocities[v]},
                            {"depth_cents", depths},
                            {"rate_hz", rates},
                            {"delay_seconds", delays},
                            {"phase_turns", phases}});
        }
    return list;
}

engine::PitchTrackList pitch_tracks(const PlaneSources& sources, const std::vector<size_t>& pitches,
                                    const std::vector<OscillatorPlan>& plans) {
    const auto& recipe = sources.recipe();
    engine::PitchTrackList list(hop, cents_per_unit);
    for (const size_t p : pitches)
        for (size_t v = 0; v < recipe.velocities.size(); ++v) {
            bool moves = false;
            std::vector<int16_t> points;
            for (size_t c = 0; c < sources.corners(p)[v].size(); ++c) {
                auto track = sources.pitch_track(c, p, v, plans[p].loop);
                moves = moves || !track.empty();
                track.resize(size_t(plans[p].loop.end + 1));
                for (const float cents : track) points.push_back(list.point(cents));
            }
            if (moves) list.add(recipe.pitches[p], recipe.velocities[v], points);
        }
    return list;
}

} // namespace timbrel::models
