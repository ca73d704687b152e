// Where on the grid of cells a voice reads: the place that is played, as far as its cells are in memory. Where they are
// not, the voice stays at the edge of those that are, follows smoothly when they come, and hops where the way to them
// is missing. Real time.
#pragma once

#include <algorithm>
#include <cstdint>

namespace timbrel::engine {

class HeardPlace {
  public:
    struct Grid {
        float column, row;
    };
    struct Reach { // of the cells that may be read
        float first_column, last_column, first_row, last_row;
        Grid nearest(Grid at) const {
            return {std::clamp(at.column, first_column, last_column), std::clamp(at.row, first_row, last_row)};
        }
        // The north-west cell of the square that holds a place within.
        uint32_t square_column(float column) const { return square(column, first_column, last_column); }
        uint32_t square_row(float row) const { return square(row, first_row, last_row); }

      private:
        static uint32_t square(float place, float first, float last) {
            return static_cast<uint32_t>(std::clamp(place, first, std::max(first, last - 1.0f)));
        }
    };

    void start() { *this = {}; } // a note: its first segment may begin anywhere
    // What is heard fades out where it is; the next segment may begin anywhere.
    void pause() {
        flows_ = false;
        lag_step_ = {0.0f, 0.0f};
        corners_step_ = 0.0f;
    }

    // Plans a segment of so many output frames, at whose end `at` is played; by then all within `reach` can be read,
    // and the corners' sound too if `corners` says so. What could be read before can be for one `tick` more, in frames
    // of the bank. Not during a hop, unless the reach only grows.
    void plan(Grid at, const Reach& reach, bool corners, uint32_t tick, uint32_t segment);

    // Goes on within the segment; times below are output frames from here on.
    void advance(uint32_t frames) {
        const auto time = static_cast<float>(frames);
        lag_ = {lag_.column + lag_step_.column * time, lag_.row + lag_step_.row * time};
        corners_ += corners_step_ * time;
    }

    const Reach& reach() const { return reach_; }
    // What is read where `played` is played.
    Grid at(Grid played, float time) const {
        const Grid near = reach_.nearest(played);
        return reach_.nearest(
            {near.column + lag_.column + lag_step_.column * time, near.row + lag_.row + lag_step_.row * time});
    }
    // How much of the corners' share is heard then: they may come later than the note.
    float corners(float time) const { return corners_ + corners_step_ * time; }

    // A hop: for so many frames of the bank both places are read.
    bool hops() const { return hopped_ < hop_; }
    uint32_t frames_of_hop() const { return hop_ - hopped_; }
    Grid left() const { return left_; }
    const Reach& left_reach() const { return left_reach_; }
    float hop_on() { return 1.0f - static_cast<float>(++hopped_) / static_cast<float>(hop_); } // share of the one left

  private:
    bool flows_ = false;
    Grid played_{}, heard_{}; // at the end of the segment
    Reach reach_{};
    Grid lag_{}, lag_step_{}; // of the second behind the first, and its change each frame
    float corners_ = 0.0f, corners_step_ = 0.0f, corners_end_ = 0.0f; // at the segment's beginning, each frame, its end
    Grid left_{};
    Reach left_reach_{};
    uint32_t hop_ = 0, hopped_ = 0;
};

} // namespace timbrel::engine
