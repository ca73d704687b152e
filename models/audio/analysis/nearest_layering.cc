// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/nearest_layering.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timbrel::audio {
namespace {

// Gains in steps of 3 dB.
constexpr int off_step = -9; // one below the lowest gain
constexpr int lowest_step = -8, highest_step = 2;

class LayeringSearch {
  public:
    LayeringSearch(const BandPower& sound, std::span<const BandPower> corners)
        : sound_(sound), corners_(corners), steps_(corners.size(), off_step), best_steps_(steps_), layered_(sound) {}

    // Tries every combination of gains `stride` steps apart, for this corner and the following ones.
    void try_all(int stride, size_t corner = 0) {
        if (corner == corners_.size()) {
            try_current();
            return;
        }
        steps_[corner] = off_step;
        try_all(stride, corner + 1);
        for (int step = lowest_step; step <= highest_step; step += stride) {
            steps_[corner] = step;
            try_all(stride, corner + 1);
        }
    }

    // Changes one gain at a time by one step until no change reduces the distance.
    void improve() {
        for (bool improved = true; improved;) {
            improved = false;
            for (size_t corner = 0; corner < corners_.size(); ++corner)
                for (const int change : {-1, 1}) {
                    steps_ = best_steps_;
                    steps_[corner] = std::clamp(steps_[corner] + change, off_step, highest_step);
                    improved = try_current() || improved;
                }
        }
    }

    Layering best() const {
        Layering layering{best_, {}};
        for (const int step : best_steps_)
            layering.gains.push_back(step == off_step ? -std::numeric_limits<double>::infinity() : 3.0 * step);
        return layering;
    }

  private:
    // Keeps the current gains if they reduce the distance.
    bool try_current() {
        if (std::ranges::all_of(steps_, [](int step) { return step == off_step; })) return false;
        std::ranges::fill(layered_.values, 0.0f);
        for (size_t corner = 0; corner < corners_.size(); ++corner) {
            if (steps_[corner] == off_step) continue;
            const float gain = static_cast<float>(std::pow(10, 0.3 * steps_[corner]));
            const float* from = corners_[corner].values.data();
            const size_t count = std::min(layered_.values.size(), corners_[corner].values.size());
            for (size_t i = 0; i < count; ++i) layered_.values[i] += gain * from[i];
        }
        const double distance = erb_distance(sound_, layered_);
        if (distance >= best_) return false;
        best_ = distance;
        best_steps_ = steps_;
        return true;
    }

    const BandPower& sound_;
    std::span<const BandPower> corners_;
    std::vector<int> steps_, best_steps_;
    BandPower layered_;
    double best_ = std::numeric_limits<double>::infinity();
};

} // namespace

Layering nearest_layering(const BandPower& sound, std::span<const BandPower> corners) {
    LayeringSearch search(sound, corners);
    search.try_all(corners.size() <= 2 ? 1 : 2);
    if (corners.size() > 2) search.improve();
    return search.best();
}

} // namespace timbrel::audio
