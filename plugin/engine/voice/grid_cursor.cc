// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/voice/grid_cursor.h"

#include "plugin/engine/core/engine_limits.h"

#include <cmath>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr float catch_up_frames = 8 * tick_frames; // time in which a lag or a missing corner is made up for
constexpr float min_lag = 1e-3f;                   // cells

} // namespace

void GridCursor::plan(GridPoint target, const ResidentCells& resident, bool corners, uint32_t jump_frames,
                      uint32_t frames) noexcept TIMBREL_REALTIME {
    const auto same = [](GridPoint a, GridPoint b) { return a.column == b.column && a.row == b.row; };
    if (playing_ && corners && corner_weight_end_ == 1.0f && same(audible_, target_) &&
        same(resident.nearest(audible_), audible_)) {
        // The common case: everything played is in memory.
        resident_ = resident;
        target_ = target;
        audible_ = resident.nearest(target);
        lag_ = lag_step_ = {0.0f, 0.0f};
        corner_weight_ = 1.0f, corner_weight_step_ = 0.0f;
        return;
    }
    const auto length = static_cast<float>(frames);
    const ResidentCells previous = std::exchange(resident_, resident);
    if (!playing_) {
        target_ = target;
        audible_ = resident_.nearest(target);
        corner_weight_end_ = corners ? 1.0f : 0.0f;
        jump_frames_ = jumped_frames_ = 0;
    }
    playing_ = true;
    if (!same(resident_.nearest(audible_), audible_)) {
        jump_origin_ = std::exchange(audible_, resident_.nearest(target_));
        jump_origin_resident_ = previous;
        jump_frames_ = jump_frames;
        jumped_frames_ = 0;
    }
    const GridPoint start = resident_.nearest(target_), end = resident_.nearest(target);
    const float remaining = std::max(0.0f, 1.0f - length / catch_up_frames);
    const auto lag_at_end = [remaining](float lag) { return std::abs(lag) < min_lag ? 0.0f : remaining * lag; };
    lag_ = {audible_.column - start.column, audible_.row - start.row};
    const GridPoint lag_end{lag_at_end(lag_.column), lag_at_end(lag_.row)};
    lag_step_ = {(lag_end.column - lag_.column) / length, (lag_end.row - lag_.row) / length};
    target_ = target;
    audible_ = resident_.nearest({end.column + lag_end.column, end.row + lag_end.row});

    corner_weight_ = corner_weight_end_;
    corner_weight_end_ = corners ? std::min(1.0f, corner_weight_ + length / catch_up_frames)
                                 : std::max(0.0f, corner_weight_ - length / tick_frames);
    corner_weight_step_ = (corner_weight_end_ - corner_weight_) / length;
}

} // namespace timbrel::engine
