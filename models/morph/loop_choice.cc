// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/loop_choice.h"

#include "common/units.h"
#include "models/recipe/recipe.h"
#include "models/tensor/tensors.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

bool harmonic(double ratio) { return ratio == std::floor(ratio); }

} // namespace

double LoopRounding::fundamental() const { return std::round(f0 * seconds) / seconds; }

double LoopRounding::operator()(double ratio) const {
    return harmonic(ratio) ? ratio * fundamental() : std::max(1., std::round(ratio * f0 * seconds)) / seconds;
}

double detuning_cents(double ratio) { return std::abs(ratio_to_cents(ratio)); }

LoopRounding rounding_of(const LoopRange& loop, double f0) {
    return {f0, double(loop.end - loop.start) * hop / model_rate};
}

LoopRange choose_loop(const std::vector<double>& ratios, double f0, int64_t hops) {
    const auto wanted = int64_t(double(hops) * morph_recipe().loop_fraction);
    const int64_t tolerance = morph_recipe().loop_tolerance;
    LoopRange best{hops - wanted, hops};
    double least = 1e9;
    for (int64_t length = wanted * (100 - tolerance) / 100; length <= wanted * (100 + tolerance) / 100; ++length) {
        const LoopRange loop{hops - length, hops};
        const auto rounded = rounding_of(loop, f0);
        double worst = morph_recipe().harmonic_weight * detuning_cents(rounded.fundamental() / f0);
        for (double r : ratios)
            if (!harmonic(r)) worst = std::max(worst, detuning_cents(rounded(r) / (r * f0)));
        if (worst < least) best = loop, least = worst;
    }
    return best;
}

} // namespace timbrel::models
