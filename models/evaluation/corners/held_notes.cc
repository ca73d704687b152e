// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/held_notes.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/evaluation/spaces/summary_statistics.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr double held_seconds = 11, measured_from = 2, window_seconds = .1, least_seconds = 1;
constexpr double audible_range = 60; // dB under the loudest window
constexpr double steady_fall = .3, falling_from = 1;
constexpr int velocity = 100;
constexpr size_t most_cases = 28;
constexpr std::array families{"strings", "voice", "organ", "wind", "synth"};

// The measured keys and those between them that corners are compared with while a bank is baked.
constexpr std::array keys{36, 48, 60, 72};
const std::vector<int> baked_keys{36, 40, 44, 48, 52, 56, 60, 64, 68, 72};

Tensor cell_of(const PlaneSources& sources, size_t p, torch::Device device) {
    const auto [sound, loop, decay] = single_corner_cell(sources, p, device);
    return unroll_loop(sound, loop, decay, held_seconds);
}

// Notes of which the original's fall satisfies `chosen`.
template<class Chosen>
json summary(const std::vector<json>& notes, const Chosen& chosen) {
    std::vector<double> movement, error;
    int over = 0, far_over = 0;
    for (const auto& note : notes) {
        const double original = note["original"]["fall"], corner = note["corner"]["fall"];
        if (!chosen(original)) continue;
        over += corner > steady_fall;
        far_over += corner > falling_from;
        movement.push_back(note["corner"]["movement"].get<double>() - note["original"]["movement"].get<double>());
        error.push_back(corner - original);
    }
    return {{"notes", error.size()},
            {"over_0.3", over},
            {"over_1", far_over},
            {"movement", summary_stats(movement)},
            {"error", summary_stats(error)}};
}

void print_summary(const char* name, const json& j) {
    if (j["notes"] == 0) return;
    const auto &movement = j["movement"], &error = j["error"];
    std::printf("%s: %d notes, %d corners fall by more than 0.3 dB/s, %d by more than 1; they fall by %+.2f dB/s more "
                "than their originals (%+.2f to %+.2f), and move by %+.2f dB more (%+.2f to %+.2f)\n",
                name, j["notes"].get<int>(), j["over_0.3"].get<int>(), j["over_1"].get<int>(),
                error["mean"].get<double>(), error["least"].get<double>(), error["most"].get<double>(),
                movement["mean"].get<double>(), movement["least"].get<double>(), movement["most"].get<double>());
}

} // namespace

std::vector<HeldCase> held_cases(Split split) {
    auto instruments = instruments_of(split);
    std::erase_if(instruments, [](const auto& i) { return !std::ranges::count(families, i.family); });
    const size_t count = std::min(instruments.size(), most_cases);
    std::vector<HeldCase> cases;
    for (size_t i = 0; i < count; ++i) {
        const auto& chosen = instruments[i * instruments.size() / count];
        cases.push_back({chosen.source + ": " + chosen.name, chosen.spec,
                         [spec = chosen.spec] { return audio::open_source(spec); }});
    }
    return cases;
}

json level_of_held(const Tensor& sound) {
    const auto window = int64_t(window_seconds * model_rate), windows = sound.size(1) / window;
    const auto first = int64_t(measured_from / window_seconds);
    if (windows <= first) return {};
    const auto power = sound.slice(1, 0, windows * window).reshape({2, windows, window}).square().mean(2).mean(0);
    auto levels = 10 * torch::log10(power + 1e-12);
    const double floor = levels.max().item<double>() - audible_range;
    levels = levels.slice(0, first);
    int64_t audible = 0;
    while (audible < levels.size(0) && levels[audible].item<double>() > floor) ++audible;
    if (double(audible) * window_seconds < least_seconds) return {};
    levels = levels.slice(0, 0, audible);
    const auto t = (torch::arange(audible) - double(audible - 1) / 2) * window_seconds;
    const double slope = ((levels * t).sum() / t.square().sum()).item<double>();
    const auto rest = std::get<0>((levels - levels.mean() - slope * t).sort());
    const auto at = [&](double part) { return rest[int64_t(std::lround(part * double(audible - 1)))].item<double>(); };
    return {{"fall", -slope}, {"movement", at(.95) - at(.05)}};
}

std::vector<json> evaluate_held_case(const HeldCase& held, torch::Device device) {
    const torch::NoGradGuard no_grad;
    SourceList list;
    list.push_back(held.open());
    const PlaneSources sources(single_corner_recipe(held.spec, baked_keys, velocity), std::move(list), device);
    const auto instrument = held.open();
    std::vector<json> notes;
    for (const int key : keys) {
        const auto p = size_t(std::ranges::find(baked_keys, key) - baked_keys.begin());
        const auto original = level_of_held(to_stereo_tensor(instrument->note(key, velocity, held_seconds, 0).audio));
        const auto corner = level_of_held(cell_of(sources, p, device));
        if (original.is_null() || corner.is_null()) continue;
        notes.push_back({{"name", held.name}, {"key", key}, {"original", original}, {"corner", corner}});
    }
    return notes;
}

json evaluate_held_notes(Split split, torch::Device device) {
    const auto cases = held_cases(split);
    const auto [notes, left_out] = evaluate_cases(
        cases.size(), [&](size_t i) { return cases[i].name; },
        [&](size_t i) { return evaluate_held_case(cases[i], device); });
    const auto steady = [](double fall) { return std::abs(fall) <= steady_fall; };
    const auto falling = [](double fall) { return fall > falling_from; };
    return {{"notes", notes},
            {"left_out", left_out},
            {"steady", summary(notes, steady)},
            {"falling", summary(notes, falling)}};
}

void print_held_notes(const json& j) {
    std::printf("\nKeys held for 11 s: fall in dB per second from 2 s on, and movement about it in dB\n");
    std::printf("%-44s %4s  %-15s  %-15s\n", "", "key", "original", "corner");
    for (const auto& note : j["notes"]) {
        std::printf("%-44.44s %4s", printable(note["name"].get<std::string>()).c_str(),
                    note_name(note["key"].get<int>()).c_str());
        for (const char* sound : {"original", "corner"})
            std::printf("  %7.2f %7.2f", note[sound]["fall"].get<double>(), note[sound]["movement"].get<double>());
        std::printf("\n");
    }
    print_summary("steady", j["steady"]);
    print_summary("falling", j["falling"]);
    print_left_out(j);
}

} // namespace timbrel::models
