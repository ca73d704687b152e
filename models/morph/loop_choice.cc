// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/loop_choice.h"

#include "common/units.h"
#include "models/recipe/recipe.h"
#include "models/tensor/tensors.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace timbrel::models {
namespace {

constexpr double cents_per_mismatch = 10; // of detuning that count like a mismatch of 1 dB; set by hand

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

NoteLength::NoteLength(int64_t hops) : hops(hops) {
    const auto wanted = int64_t(double(hops) * morph_recipe().loop_fraction);
    const int64_t tolerance = morph_recipe().loop_tolerance;
    shortest = wanted * (100 - tolerance) / 100;
    mismatch.resize(size_t(wanted * (100 + tolerance) / 100 - shortest + 1));
}

NoteLength::NoteLength(int64_t hops, int64_t shortest, std::vector<double> mismatch)
    : hops(hops), shortest(shortest), mismatch(std::move(mismatch)) {}

LoopRange choose_loop(const std::vector<double>& ratios, double f0, const NoteLength& note) {
    LoopRange best;
    double least = 1e9;
    for (size_t i = 0; i < note.mismatch.size(); ++i) {
        const LoopRange loop{note.hops - note.shortest - int64_t(i), note.hops};
        const auto rounded = rounding_of(loop, f0);
        double worst = morph_recipe().harmonic_weight * detuning_cents(rounded.fundamental() / f0);
        for (double r : ratios)
            if (!harmonic(r)) worst = std::max(worst, detuning_cents(rounded(r) / (r * f0)));
        worst += cents_per_mismatch * note.mismatch[i];
        if (worst < least) best = loop, least = worst;
    }
    return best;
}

} // namespace timbrel::models
