// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/loops.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "models/audio/analysis/loop_seam.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/moving_sounds.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/spectral/movement.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr double held_seconds = 11, moving_from = 1.1, pumping_from = 2;
constexpr double level_window = .1, level_step = .02; // seconds
constexpr double audible_range = 60;                  // dB
constexpr double shortest_lag = .25;                  // seconds, of a repetition in the original
constexpr double much_alike = .2, much_pumping = 1;
constexpr double short_seconds = 2;
constexpr int velocity = 100;
const std::vector<int> keys{36, 48, 60, 72};
constexpr std::array lengths{std::pair{"before", short_seconds}, std::pair{"after", 0.}};

// Levels in dB of the partial at `hz`, both channels added, every level_step from pumping_from on; those before the
// first inaudible one.
Tensor partial_levels(const Tensor& sound, double hz) {
    const auto size = int64_t(level_window * model_rate), step = int64_t(level_step * model_rate);
    const auto x = sound.slice(1, int64_t(pumping_from * model_rate)).to(torch::kDouble);
    if (x.size(1) < size) return {};
    const auto angle = torch::arange(x.size(1), torch::kDouble) * (2 * std::numbers::pi * hz / model_rate);
    const auto window = torch::hann_window(size, true, torch::kDouble);
    const auto part = [&](const Tensor& wave) {
        return (x * wave).unfold(1, size, step).matmul(window).square().sum(0);
    };
    const auto levels = 10 * torch::log10(part(torch::cos(angle)) + part(torch::sin(angle)) + 1e-12);
    const double floor = levels.max().item<double>() - audible_range;
    int64_t audible = 0;
    while (audible < levels.size(0) && levels[audible].item<double>() > floor) ++audible;
    return levels.slice(0, 0, audible);
}

Tensor without_trend(const Tensor& levels, int64_t turn) {
    const auto n = levels.size(0);
    if (n >= 3 * turn) {
        const auto mean = torch::avg_pool1d(levels.view({1, 1, -1}), {turn}, {1}).view({-1});
        return levels.slice(0, turn / 2, turn / 2 + mean.size(0)) - mean;
    }
    const auto t = torch::arange(n, torch::kDouble) - double(n - 1) / 2;
    return levels - levels.mean() - (levels * t).sum() / t.square().sum() * t;
}

struct Played {
    Tensor sound; // [2, frames], as long as the original
    double loop;  // seconds
    double seconds, seam;
};

Played played(const PlaneSources& sources, size_t p, torch::Device device) {
    const auto [sound, loop, decay] = single_corner_cell(sources, p, device);
    return {unroll_loop(sound, loop, decay, held_seconds), double(loop.end - loop.start) / frames_per_second,
            double(loop.end) / frames_per_second,
            audio::measure_loop_seam(to_audio(sound.slice(1, loop.start * hop, loop.end * hop))).flux};
}

json measured(const Tensor& original, const Played& corner, double hz) {
    const auto found = level_of_held(corner.sound), wanted = level_of_held(original);
    if (found.is_null() || wanted.is_null()) return {};
    return {{"seconds", corner.seconds},
            {"loop", corner.loop},
            {"similarity", Movement(corner.sound, moving_from).similarity(corner.loop)},
            {"own", Movement(original, moving_from).greatest_similarity(shortest_lag, held_seconds)},
            {"pumping", pumping(corner.sound, hz, corner.loop)},
            {"own_pumping", pumping(original, hz, corner.loop)},
            {"movement", found["movement"].get<double>() - wanted["movement"].get<double>()},
            {"seam", corner.seam}};
}

json summary(const std::vector<json>& notes, const char* row) {
    std::vector<double> seconds, similarity, pumping, movement, seam;
    for (const auto& note : notes) {
        const auto& found = note[row];
        const auto value = [&](const char* key) { return found[key].get<double>(); };
        seconds.push_back(value("seconds"));
        similarity.push_back(value("similarity") - value("own"));
        pumping.push_back(value("pumping") - value("own_pumping"));
        movement.push_back(value("movement"));
        seam.push_back(value("seam"));
    }
    const auto over = [](const std::vector<double>& values, double most) {
        return std::ranges::count_if(values, [most](double x) { return x > most; });
    };
    return {{"seconds", summary_stats(seconds)},   {"similarity", summary_stats(similarity)},
            {"pumping", summary_stats(pumping)},   {"movement", summary_stats(movement)},
            {"seam", summary_stats(seam)},         {"alike", over(similarity, much_alike)},
            {"pump", over(pumping, much_pumping)}, {"notes", notes.size()}};
}

} // namespace

double pumping(const Tensor& sound, double hz, double loop) {
    const auto turn = int64_t(std::lround(loop / level_step));
    const auto levels = partial_levels(sound, hz);
    if (!levels.defined() || levels.size(0) <= turn || turn < 2) return 0;
    const auto rest = without_trend(levels, turn).contiguous();
    std::vector<double> sum(size_t(turn), 0.), count(size_t(turn), 0.);
    for (int64_t i = 0; i < rest.size(0); ++i) {
        const auto phase = size_t(int64_t(double(i) * level_step / loop * double(turn)) % turn);
        sum[phase] += rest[i].item<double>();
        ++count[phase];
    }
    for (size_t i = 0; i < sum.size(); ++i) sum[i] /= std::max(1., count[i]);
    const auto [least, most] = std::ranges::minmax(sum);
    return most - least;
}

std::vector<json> evaluate_loops_of(const HeldCase& held, torch::Device device) {
    const torch::NoGradGuard no_grad;
    const auto instrument = held.open();
    std::vector<json> notes;
    std::vector<Tensor> originals;
    for (const int key : keys) {
        notes.push_back({{"name", held.name}, {"key", key}});
        originals.push_back(to_stereo_tensor(instrument->note(key, velocity, held_seconds, 0).audio));
    }
    for (const auto& [row, seconds] : lengths) {
        auto recipe = single_corner_recipe(held.spec, keys, velocity);
        recipe.seconds = seconds;
        SourceList list;
        list.push_back(held.open());
        const PlaneSources sources(recipe, std::move(list), device);
        for (size_t p = 0; p < keys.size(); ++p)
            notes[p][row] = measured(originals[p], played(sources, p, device), sources.f0(p));
    }
    std::erase_if(notes, [](const json& note) { return note["before"].is_null() || note["after"].is_null(); });
    return notes;
}

json evaluate_loops(Split split, torch::Device device) {
    auto cases = held_cases(split);
    for (auto& moving : moving_cases()) cases.push_back(std::move(moving));
    const auto [notes, left_out] = evaluate_cases(
        cases.size(), [&](size_t i) { return cases[i].name; },
        [&](size_t i) { return evaluate_loops_of(cases[i], device); });
    json result{{"notes", notes}, {"left_out", left_out}};
    for (const auto& [row, seconds] : lengths) result[row] = summary(notes, row);
    return result;
}

void print_loops(const json& j) {
    std::printf("\nKeys held for 11 s with notes of 2 s, and with notes of chosen length: the loop in s, similarity at "
                "its lag and\nthe original's greatest, pumping of partial 1 and the original's in dB, movement less "
                "the original's in dB, seam\n");
    for (const auto& note : j["notes"]) {
        std::printf("%-36.36s %4s", printable(note["name"].get<std::string>()).c_str(),
                    note_name(note["key"].get<int>()).c_str());
        for (const auto& [row, seconds] : lengths) {
            const auto value = [&](const char* key) { return note[row][key].get<double>(); };
            std::printf("  %4.2f %5.2f %4.2f  %4.1f %4.1f %+5.1f %4.2f", value("loop"), value("similarity"),
                        value("own"), value("pumping"), value("own_pumping"), value("movement"), value("seam"));
        }
        std::printf("\n");
    }
    for (const auto& [row, seconds] : lengths) {
        const auto& s = j[row];
        if (s["notes"] == 0) continue;
        const auto mean = [&](const char* key) { return s[key]["mean"].get<double>(); };
        const auto most = [&](const char* key) { return s[key]["most"].get<double>(); };
        std::printf(
            "%s: %d notes of %.2f s (at most %.2f); more alike at the loop's lag than the original by %+.2f (at "
            "most %+.2f; %d by more than 0.2); pumping by %+.2f dB (at most %+.2f; %d by more than 1); "
            "movement %+.2f dB; seams %.2f, at most %.2f\n",
            row, s["notes"].get<int>(), mean("seconds"), most("seconds"), mean("similarity"), most("similarity"),
            s["alike"].get<int>(), mean("pumping"), most("pumping"), s["pump"].get<int>(), mean("movement"),
            mean("seam"), most("seam"));
    }
    print_left_out(j);
}

} // namespace timbrel::models
