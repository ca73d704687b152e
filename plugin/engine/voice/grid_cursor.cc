#include "plugin/engine/voice/grid_cursor.h"

#include "plugin/engine/core/engine_limits.h"

#include <cmath>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr float following_frames = 8 * tick_frames; // in which a place that had to wait nears the one that is played
constexpr float least_lag = 1e-3f;                  // cells

} // namespace

void HeardPlace::plan(Grid at, const Reach& reach, bool corners, uint32_t tick, uint32_t segment) {
    const auto same = [](Grid a, Grid b) { return a.column == b.column && a.row == b.row; };
    if (flows_ && corners && corners_end_ == 1.0f && same(heard_, played_) && same(reach.nearest(heard_), heard_)) {
        // All that is played is in memory, as nearly always.
        reach_ = reach;
        played_ = at;
        heard_ = reach.nearest(at);
        lag_ = lag_step_ = {0.0f, 0.0f};
        corners_ = 1.0f, corners_step_ = 0.0f;
        return;
    }
    const auto frames = static_cast<float>(segment);
    const Reach before = std::exchange(reach_, reach);
    if (!flows_) {
        played_ = at;
        heard_ = reach_.nearest(at);
        corners_end_ = corners ? 1.0f : 0.0f;
        hop_ = hopped_ = 0;
    }
    flows_ = true;
    if (!same(reach_.nearest(heard_), heard_)) {
        left_ = std::exchange(heard_, reach_.nearest(played_));
        left_reach_ = before;
        hop_ = tick;
        hopped_ = 0;
    }
    const Grid from = reach_.nearest(played_), to = reach_.nearest(at);
    const float rest = std::max(0.0f, 1.0f - frames / following_frames);
    const auto left_of = [rest](float lag) { return std::abs(lag) < least_lag ? 0.0f : rest * lag; };
    lag_ = {heard_.column - from.column, heard_.row - from.row};
    const Grid lag{left_of(lag_.column), left_of(lag_.row)};
    lag_step_ = {(lag.column - lag_.column) / frames, (lag.row - lag_.row) / frames};
    played_ = at;
    heard_ = reach_.nearest({to.column + lag.column, to.row + lag.row});

    corners_ = corners_end_;
    corners_end_ = corners ? std::min(1.0f, corners_ + frames / following_frames)
                           : std::max(0.0f, corners_ - frames / tick_frames);
    corners_step_ = (corners_end_ - corners_) / frames;
}

} // namespace timbrel::engine
