// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/detuning.h"

#include "common/stats.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"

#include <cmath>
#include <utility>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr int measured_keys[] = {36, 48, 60, 72, 84};
constexpr double largest_deviation = 3;    // semitones
constexpr double audible_deviation = 0.02; // semitones

// Semitones by which a note deviates from its key. The estimate may be another partial than the fundamental of the key:
// organs add deeper stops, and mixed intervals have a common fundamental.
double deviation_from_key(double estimate, int key) {
    double smallest = estimate - key;
    for (const double partial : {0.25, 0.5, 2.0, 3.0, 4.0})
        if (const double deviation = estimate + ratio_to_semitones(partial) - key;
            std::abs(deviation) < std::abs(smallest))
            smallest = deviation;
    return smallest;
}

} // namespace

double measure_detuning(const std::function<Audio(int key)>& play) {
    std::vector<double> deviations;
    for (const int key : measured_keys)
        if (const auto estimate = detect_pitch(play(key)); estimate && estimate->confidence > 0.8)
            deviations.push_back(deviation_from_key(estimate->pitch, key));
    if (deviations.empty()) return 0;
    const double deviation = median(std::move(deviations));
    return std::abs(deviation) < audible_deviation || std::abs(deviation) > largest_deviation ? 0 : deviation;
}

} // namespace timbrel::audio
