// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/spectral/transpose.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

bool within_quarter_tone(const NoteSpectrum& s, double f0) { return std::abs(std::log2(f0 / s.f0)) < 1 / 24.; }

NoteSpectrum transposed(const NoteSpectrum& s, double f0) {
    if (within_quarter_tone(s, f0) && harmonic_slots(f0) == s.partials.slots()) {
        auto same = s;
        same.f0 = f0;
        return same;
    }
    NoteSpectrum t = s;
    t.f0 = f0;
    t.partials = harmonic_table(f0);
    const int have = s.partials.slots(), want = t.partials.slots();
    for (int n = 0; n < std::min(have, want); ++n) t.partials.ratio[n] = s.partials.ratio[n];
    std::vector<double> from, to;
    for (int n = 0; n < have; ++n) from.push_back((n + 1) * s.f0);
    for (int n = 0; n < want; ++n) to.push_back((n + 1) * f0);
    const auto matrix = interpolation_matrix(from, to).to(s.partial.device());
    const auto level = torch::matmul(torch::log(s.partial.slice(2, 0, have) + 1e-12), matrix);
    t.partial = torch::cat({torch::exp(level), s.partial.slice(2, have)}, 2);
    if (s.channel_phase.defined()) { // as the level, it belongs to a frequency
        std::vector<int64_t> nearest;
        for (int n = 0; n < want; ++n)
            nearest.push_back(std::clamp<int64_t>(std::lround((n + 1) * f0 / s.f0) - 1, 0, have - 1));
        t.channel_phase =
            torch::cat({s.channel_phase.index_select(0, torch::tensor(nearest)), s.channel_phase.slice(0, have)});
    }
    for (int k = 0; k < subharmonic_slots; ++k) {
        t.partials.ratio[want + k] = s.partials.ratio[have + k];
        t.partials.active[want + k] = s.partials.active[have + k];
    }
    for (int k = s.partials.first_free(); k < s.partials.size(); ++k)
        t.partials.add_free(s.partials.ratio[k], s.partials.active[k]);
    return t;
}

} // namespace timbrel::models
