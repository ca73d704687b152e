// SPDX-License-Identifier: GPL-3.0-or-later
// The position at which a voice reads the grid of cells: the played position, restricted to the cells in memory. While
// the played cells are missing, the cursor waits at the edge of those in memory and then catches up smoothly (lag).
// When it must move to cells to which no path is in memory, it crossfades (jump). Thread: audio.
#pragma once

#include "common/realtime.h"

#include <algorithm>
#include <cstdint>

namespace timbrel::engine {

class GridCursor {
  public:
    // In cells: column 0 is west, row 0 is north; fractions lie between cells.
    struct GridPoint {
        float column, row;
    };

    // The rectangle of cells that may be read.
    struct ResidentCells {
        float first_column, last_column, first_row, last_row;

        GridPoint nearest(GridPoint at) const noexcept TIMBREL_REALTIME {
            return {std::clamp(at.column, first_column, last_column), std::clamp(at.row, first_row, last_row)};
        }
        // The north-west cell of the square of four cells that contains a point of the rectangle.
        uint32_t square_column(float column) const noexcept TIMBREL_REALTIME {
            return square(column, first_column, last_column);
        }
        uint32_t square_row(float row) const noexcept TIMBREL_REALTIME { return square(row, first_row, last_row); }

      private:
        static uint32_t square(float at, float first, float last) {
            return static_cast<uint32_t>(std::clamp(at, first, std::max(first, last - 1.0f)));
        }
    };

    // Starts a note: its first segment may begin anywhere.
    void start() noexcept TIMBREL_REALTIME { *this = {}; }

    // The note fades out at its current position; the next segment may begin anywhere.
    void pause() noexcept TIMBREL_REALTIME {
        playing_ = false;
        lag_step_ = {0.0f, 0.0f};
        corner_weight_step_ = 0.0f;
    }

    // Plans a segment of `frames` output frames that ends at the played position `target`. `resident` can be read
    // during the segment, and also the corners' samples if `corners`; what could be read before stays readable for
    // another `jump_frames` frames of the bank. During a jump, `resident` may only grow.
    void plan(GridPoint target, const ResidentCells& resident, bool corners, uint32_t jump_frames,
              uint32_t frames) noexcept TIMBREL_REALTIME;

    // Advances within the segment. `time` below is in output frames from here on.
    void advance(uint32_t frames) noexcept TIMBREL_REALTIME {
        const auto time = static_cast<float>(frames);
        lag_ = {lag_.column + lag_step_.column * time, lag_.row + lag_step_.row * time};
        corner_weight_ += corner_weight_step_ * time;
    }

    // Whether a segment was planned since start() or pause(), and the position that is read at its end.
    bool playing() const noexcept TIMBREL_REALTIME { return playing_; }
    GridPoint audible() const noexcept TIMBREL_REALTIME { return audible_; }

    const ResidentCells& resident() const noexcept TIMBREL_REALTIME { return resident_; }

    // The position to read for the played position `target`.
    GridPoint at(GridPoint target, float time) const noexcept TIMBREL_REALTIME {
        const GridPoint near = resident_.nearest(target);
        return resident_.nearest(
            {near.column + lag_.column + lag_step_.column * time, near.row + lag_.row + lag_step_.row * time});
    }

    // Factor of the corners' weight, 0–1: the corners may become readable later than the cells.
    float corner_weight(float time) const noexcept TIMBREL_REALTIME {
        return corner_weight_ + corner_weight_step_ * time;
    }

    // A jump: for so many frames of the bank, both its origin and the new position are read.
    bool jumping() const noexcept TIMBREL_REALTIME { return jumped_frames_ < jump_frames_; }
    uint32_t jump_frames_left() const noexcept TIMBREL_REALTIME { return jump_frames_ - jumped_frames_; }
    GridPoint jump_origin() const noexcept TIMBREL_REALTIME { return jump_origin_; }
    const ResidentCells& jump_origin_resident() const noexcept TIMBREL_REALTIME { return jump_origin_resident_; }
    // Advances the jump by a frame; returns the weight of its origin.
    float advance_jump() noexcept TIMBREL_REALTIME {
        return 1.0f - static_cast<float>(++jumped_frames_) / static_cast<float>(jump_frames_);
    }

  private:
    bool playing_ = false;
    GridPoint target_{}, audible_{}; // at the end of the segment
    ResidentCells resident_{};
    GridPoint lag_{}, lag_step_{}; // audible minus played position, and its change per frame
    float corner_weight_ = 0.0f, corner_weight_step_ = 0.0f, corner_weight_end_ = 0.0f;
    GridPoint jump_origin_{};
    ResidentCells jump_origin_resident_{};
    uint32_t jump_frames_ = 0, jumped_frames_ = 0;
};

} // namespace timbrel::engine
