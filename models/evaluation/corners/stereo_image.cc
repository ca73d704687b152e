// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/stereo_image.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "models/audio/sources/source.h"
#include "models/evaluation/corners/case_notes.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/evaluation/spaces/summary_statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace timbrel::models {
namespace {

using nlohmann::json;

constexpr int velocity = 100;
constexpr double least_side = -30;  // dB; below, an instrument counts as mono
constexpr double least_band = 1e-6; // of the power of the whole sound
constexpr double near_correlation = .15, near_side = 2;
constexpr size_t most_cases = 36;
const std::vector<int> keys{48, 60, 72};

std::vector<json> notes_of(const CorpusInstrument& instrument, torch::Device device) {
    const torch::NoGradGuard no_grad;
    SourceList list;
    list.push_back(audio::open_source(instrument.spec));
    const PlaneSources sources(single_corner_recipe(instrument.spec, keys, velocity), std::move(list), device);
    std::vector<json> notes;
    for (size_t p = 0; p < keys.size(); ++p) {
        const auto original = stereo_image(sources.original(0, p, 0));
        if (original["side"].get<double>() < least_side || original != stereo_image(sources.original(0, p, 0)))
            continue;
        notes.push_back({{"name", instrument.source + ": " + instrument.name},
                         {"key", keys[p]},
                         {"original", original},
                         {"corner", stereo_image(single_corner_cell(sources, p, device).sound)}});
    }
    return notes;
}

json summary(const std::vector<json>& notes) {
    std::vector<double> correlation, side;
    for (const auto& note : notes) {
        const auto &original = note["original"], &corner = note["corner"];
        side.push_back(std::abs(original["side"].get<double>() - corner["side"].get<double>()));
        for (size_t b = 0; b < stereo_bands.size(); ++b) {
            const auto &from = original["correlation"][b], &to = corner["correlation"][b];
            if (!from.is_null() && !to.is_null())
                correlation.push_back(std::abs(from.get<double>() - to.get<double>()));
        }
    }
    const auto near = [](const std::vector<double>& errors, double most) {
        return std::ranges::count_if(errors, [most](double e) { return e <= most; });
    };
    return {{"bands", correlation.size()},
            {"near", near(correlation, near_correlation)},
            {"correlation", summary_stats(correlation)},
            {"side_near", near(side, near_side)},
            {"side", summary_stats(side)}};
}

} // namespace

json stereo_image(const Tensor& sound) {
    const auto spectrum = torch::fft_rfft(sound.to(torch::kDouble));
    const auto power = spectrum.abs().square();
    const double bin = double(model_rate) / double(sound.size(1)), all = power.sum().item<double>();
    auto correlation = json::array();
    for (const auto& [low, high] : stereo_bands) {
        const auto band = [&, from = int64_t(low / bin), to = int64_t(high / bin)](const Tensor& t) {
            return t.slice(-1, from, to).sum(-1);
        };
        const auto of_channels = band(power);
        const double left = of_channels[0].item<double>(), right = of_channels[1].item<double>();
        const double cross = band(torch::real(spectrum[0] * spectrum[1].conj())).item<double>();
        const bool audible = std::min(left, right) > least_band * all;
        correlation.push_back(audible ? json(cross / std::sqrt(left * right)) : json());
    }
    const double side = (sound[0] - sound[1]).square().sum().item<double>(),
                 mid = (sound[0] + sound[1]).square().sum().item<double>();
    return {{"correlation", correlation}, {"side", 10 * std::log10((side + 1e-12) / (mid + 1e-12))}};
}

json evaluate_stereo(Split split, torch::Device device) {
    const auto instruments = instruments_of(split);
    const size_t count = std::min(instruments.size(), most_cases);
    const auto instrument = [&](size_t i) -> const auto& { return instruments[i * instruments.size() / count]; };
    const auto [notes, left_out] = evaluate_cases(
        count, [&](size_t i) { return instrument(i).source + ": " + instrument(i).name; },
        [&](size_t i) { return notes_of(instrument(i), device); });
    auto result = summary(notes);
    result["notes"] = notes;
    result["left_out"] = left_out;
    return result;
}

void print_stereo(const json& j) {
    std::printf(
        "\nCorrelation of the channels in 150-400, 400-1000, 1000-3000, 3000-10000 Hz, and side to mid in dB\n");
    std::printf("%-40s %4s  %-31s  %s\n", "", "key", "original", "corner");
    for (const auto& note : j["notes"]) {
        std::printf("%-40.40s %4s", printable(note["name"].get<std::string>()).c_str(),
                    note_name(note["key"].get<int>()).c_str());
        for (const char* sound : {"original", "corner"}) {
            std::printf(" ");
            for (const auto& c : note[sound]["correlation"])
                if (c.is_null())
                    std::printf("     –");
                else
                    std::printf(" %5.2f", c.get<double>());
            std::printf(" %6.1f", note[sound]["side"].get<double>());
        }
        std::printf("\n");
    }
    const auto &correlation = j["correlation"], &side = j["side"];
    if (!j["notes"].empty())
        std::printf("correlation: off by %.2f on the mean, %.2f at most; within 0.15 in %d of %d bands\n"
                    "side to mid: off by %.1f dB on the mean, %.1f at most; within 2 dB in %d of %d notes\n",
                    correlation["mean"].get<double>(), correlation["most"].get<double>(), j["near"].get<int>(),
                    j["bands"].get<int>(), side["mean"].get<double>(), side["most"].get<double>(),
                    j["side_near"].get<int>(), int(j["notes"].size()));
    print_left_out(j);
}

} // namespace timbrel::models
