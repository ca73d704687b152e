#include "models/audio/analysis/spectral_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timbrel::audio {
namespace {

constexpr int off = -9; // in steps of 3 dB; one below the quietest
constexpr int quietest = -8, loudest = 2;

class Search {
  public:
    Search(const BandPower& sound, std::span<const BandPower> corners)
        : sound_(sound), corners_(corners), steps_(corners.size(), off), best_steps_(steps_), mixed_(sound) {}

    // Every combination of gains, `stride` steps apart.
    void all(int stride, size_t corner = 0) {
        if (corner == corners_.size()) {
            consider();
            return;
        }
        steps_[corner] = off;
        all(stride, corner + 1);
        for (int step = quietest; step <= loudest; step += stride) {
            steps_[corner] = step;
            all(stride, corner + 1);
        }
    }

    // One gain at a time, as long as it helps.
    void climb() {
        for (bool better = true; better;) {
            better = false;
            for (size_t corner = 0; corner < corners_.size(); ++corner)
                for (const int by : {-1, 1}) {
                    steps_ = best_steps_;
                    steps_[corner] = std::clamp(steps_[corner] + by, off, loudest);
                    better = consider() || better;
                }
        }
    }

    Layering best() const {
        Layering layering{best_, {}};
        for (const int step : best_steps_)
            layering.gains.push_back(step == off ? -std::numeric_limits<double>::infinity() : 3.0 * step);
        return layering;
    }

  private:
    bool consider() {
        if (std::ranges::all_of(steps_, [](int step) { return step == off; })) return false;
        std::ranges::fill(mixed_.values, 0.0f);
        for (size_t corner = 0; corner < corners_.size(); ++corner) {
            if (steps_[corner] == off) continue;
            const float gain = static_cast<float>(std::pow(10, 0.3 * steps_[corner]));
            const float* from = corners_[corner].values.data();
            const size_t count = std::min(mixed_.values.size(), corners_[corner].values.size());
            for (size_t i = 0; i < count; ++i) mixed_.values[i] += gain * from[i];
        }
        const double distance = light_distance(sound_, mixed_);
        if (distance >= best_) return false;
        best_ = distance;
        best_steps_ = steps_;
        return true;
    }

    const BandPower& sound_;
    std::span<const BandPower> corners_;
    std::vector<int> steps_, best_steps_;
    BandPower mixed_;
    double best_ = std::numeric_limits<double>::infinity();
};

} // namespace

Layering nearest_layering(const BandPower& sound, std::span<const BandPower> corners) {
    Search search(sound, corners);
    search.all(corners.size() <= 2 ? 1 : 2);
    if (corners.size() > 2) search.climb();
    return search.best();
}

} // namespace timbrel::audio
