// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/default_pitches.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace timbrel::models {
namespace {

constexpr int midi_notes = 128;
// Ranks of what is better, so that none outweighs the one before: recordings met, few notes, even gaps.
constexpr int64_t recording_rank = 1000000, note_rank = 1000;
constexpr int64_t unreachable = std::numeric_limits<int64_t>::min();

} // namespace

std::vector<int> default_pitches(const std::vector<std::vector<int>>& recorded) {
    std::array<int64_t, midi_notes> value{};
    int low = default_lowest, high = default_highest;
    for (const auto& keys : recorded) {
        if (keys.empty()) continue;
        for (int64_t& v : value) --v;
        for (const int key : keys) value[size_t(key)] += 2;
        low = std::min(low, keys.front());
        high = std::max(high, keys.back());
    }
    // best[n][p]: the best n + 1 notes of which p is the highest; before[n][p]: the one below p.
    std::vector best(max_default_pitches, std::array<int64_t, midi_notes>{});
    std::vector before(max_default_pitches, std::array<int, midi_notes>{});
    for (auto& row : best) row.fill(unreachable);
    best[0][low] = 0;
    for (size_t n = 1; n < best.size(); ++n)
        for (int p = low + 1; p <= high; ++p)
            for (int gap = 1; gap <= std::min(max_pitch_gap, p - low); ++gap) {
                if (best[n - 1][p - gap] == unreachable) continue;
                const int64_t here = best[n - 1][p - gap] + value[p] * recording_rank - note_rank - gap * gap;
                if (here > best[n][p]) best[n][p] = here, before[n][p] = p - gap;
            }
    size_t count = 0;
    for (size_t n = 0; n < best.size(); ++n)
        if (best[n][high] > best[count][high]) count = n;
    std::vector<int> pitches{high};
    for (size_t n = count; n > 0; --n) pitches.push_back(before[n][pitches.back()]);
    std::ranges::reverse(pitches);
    return pitches;
}

} // namespace timbrel::models
