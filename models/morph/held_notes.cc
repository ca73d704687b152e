// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/morph/held_notes.h"

#include "models/audio/sources/transposition.h"
#include "models/morph/plane_sources.h"
#include "models/recipe/recipe.h"
#include "models/spectral/held_decay.h"
#include "models/tensor/audio_tensor.h"
#include "models/tensor/parallel.h"
#include "models/tensor/stage_timer.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double before_loop = 1.1;                    // seconds, at least: the attack
constexpr double shortest_loop = .9, longest_loop = 8; // seconds
constexpr double loop_step = .04;                      // seconds
constexpr double tolerated_similarity = .15;           // more than the sound's own
constexpr double own_lag = 1.1;      // of the loop: at longer lags the sound's own repetition is its own
constexpr double seam_search = 1.25; // times the loop, within which its seam is chosen
constexpr double loop_slack = .135;  // seconds, by which choose_loop() may change a loop
constexpr double dying_from = 1;     // dB per second: its loop is flat (loop_envelope.h)

double start_of_loop(const PlaneRecipe& recipe) {
    return recipe.seconds > 0 ? recipe.seconds * (1 - morph_recipe().loop_fraction) : before_loop;
}

// Whether a loop of so many seconds resembles itself more than the sound does.
bool seems_to_repeat(const Movement& sound, double loop) {
    return sound.similarity_if_looped(loop) > sound.greatest_similarity(0, own_lag * loop) + tolerated_similarity;
}

// dB, the largest of all corners, for a note that ends `end` seconds after the movements begin.
double mismatch(const std::vector<Movement>& corners, double end, double loop) {
    double largest = 0;
    for (const auto& corner : corners) largest = std::max(largest, corner.mismatch(end - loop, end));
    return largest;
}

// The loop in [from, to] seconds with the best seam; of equal ones the shorter.
double best_seam(const std::vector<Movement>& corners, double from, double to) {
    double best = from, least = 1e9;
    for (double loop = from; loop <= to; loop += loop_step / 4)
        if (const double cost = mismatch(corners, loop, loop) + (loop - from); cost < least) best = loop, least = cost;
    return best;
}

} // namespace

NoteLength chosen_length(const std::vector<Movement>& corners) {
    double longest = longest_loop;
    for (const auto& corner : corners) longest = std::min(longest, std::max(shortest_loop, corner.seconds()));
    double loop = shortest_loop;
    const auto repeats = [&](const Movement& corner) { return seems_to_repeat(corner, loop); };
    while (loop < longest && std::ranges::any_of(corners, repeats)) loop = std::min(loop + loop_step, longest);
    if (!corners.empty())
        loop = loop < longest ? best_seam(corners, loop, std::min(seam_search * loop, longest))
                              : best_seam(corners, std::max(shortest_loop, longest / seam_search), longest);
    const auto hops = int64_t((before_loop + loop) * frames_per_second);
    std::vector<double> mismatches;
    for (double length = loop - loop_slack; length <= loop + loop_slack; length += 1 / frames_per_second)
        mismatches.push_back(mismatch(corners, loop, length));
    return {hops, int64_t((loop - loop_slack) * frames_per_second), std::move(mismatches)};
}

HeldNotes listen_to_held_notes(const PlaneRecipe& recipe, const std::vector<std::unique_ptr<audio::Source>>& sources) {
    const bool choose = recipe.seconds <= 0;
    const double listened = choose ? before_loop + longest_loop + 1 : morph_recipe().long_hold;
    const size_t pitches = recipe.pitches.size();
    std::vector<std::vector<Movement>> movements(sources.size());
    HeldNotes held;
    held.decay.resize(sources.size());
    parallel_for(sources.size(), [&](size_t c) {
        const StageTimer timer(Stage::record);
        for (const int pitch : recipe.pitches) {
            const auto note = audio::note_at_key(*sources[c], pitch, recipe.velocities.back(), listened, 0);
            const auto sound = to_stereo_tensor(note.audio).slice(1, 0, int64_t(note.hold * model_rate));
            const double from = start_of_loop(recipe);
            held.decay[c].push_back(
                held_decay(sound.slice(1, 0, int64_t(morph_recipe().long_hold * model_rate)), from));
            if (choose) movements[c].emplace_back(sound, from);
        }
        held.decay[c] = agreed_decays(held.decay[c]);
    });
    for (size_t p = 0; p < pitches; ++p) {
        std::vector<Movement> staying;
        for (size_t c = 0; choose && c < sources.size(); ++c)
            if (held.decay[c][p].value_or(dying_from) < dying_from) staying.push_back(movements[c][p]);
        held.lengths.push_back(choose ? chosen_length(staying)
                                      : NoteLength(int64_t(recipe.seconds * frames_per_second)));
    }
    return held;
}

} // namespace timbrel::models
