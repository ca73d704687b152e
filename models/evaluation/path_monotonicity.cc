// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/path_monotonicity.h"

#include "models/audio/analysis/loudness_weight.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"

#include <ebur128.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace timbrel::models {
namespace {

constexpr int steps = 8;
constexpr double sounding_seconds = 3;
constexpr double bands_per_erb = 1.92; // of band_power: 80 bands over 41.6 ERB
constexpr size_t attack_frames = 10;   // of band_power: 0.1 s
constexpr double silence = -70;        // LUFS

struct Path {
    const char* name;
    double x0, y0, x1, y1; // from 0 at the west and north to 1 at the east and south
    bool edge;
};
constexpr Path line[] = {{"line", 0, 0, 1, 0, true}};
constexpr Path square[] = {{"north", 0, 0, 1, 0, true},
                           {"south", 0, 1, 1, 1, true},
                           {"west", 0, 0, 0, 1, true},
                           {"east", 1, 0, 1, 1, true},
                           {"down across", 0, 0, 1, 1, false},
                           {"up across", 0, 1, 1, 0, false},
                           {"through the middle", 0, .3, 1, .8, false}};

struct Position {
    double loudness;   // LUFS, momentary maximum (0.4 s)
    double brightness; // ERB
    double attack;     // ln of seconds
    double late_level; // dB
    audio::BandPower power;
};

double loudness_of(const audio::Audio& audio) {
    constexpr size_t tenth = model_rate / 10;
    ebur128_state* meter = ebur128_init(2, model_rate, EBUR128_MODE_M);
    std::vector<float> stereo;
    for (size_t i = 0; i < audio.frames(); ++i) stereo.insert(stereo.end(), {audio.left[i], audio.right[i]});
    double loudest = -HUGE_VAL;
    for (size_t at = 0; at + tenth <= audio.frames(); at += tenth) {
        ebur128_add_frames_float(meter, stereo.data() + 2 * at, tenth);
        double now = 0;
        ebur128_loudness_momentary(meter, &now);
        if (at >= 3 * tenth) loudest = std::max(loudest, now);
    }
    ebur128_destroy(&meter);
    return loudest;
}

// Attack time in seconds: the mean rise time of the running maximum of the level (10 ms windows) in the first 0.3 s. A
// threshold relative to the peak would be ambiguous for levels that rise slowly near their peak, or beat.
double attack_of(const audio::Audio& audio) {
    std::vector<double> level; // every ms
    for (size_t at = 0; at + 480 < size_t(model_rate) * 3 / 10; at += 48) {
        double energy = 0;
        for (size_t i = at; i < at + 480; ++i) energy += std::pow(audio.left[i], 2) + std::pow(audio.right[i], 2);
        level.push_back(std::sqrt(energy));
    }
    const double peak = *std::ranges::max_element(level);
    double maximum = 0, missing = 0;
    for (const double l : level) {
        maximum = std::max(maximum, l);
        missing += 1 - maximum / peak;
    }
    return .005 + .001 * missing;
}

// Centroid of the bands' loudness (power^0.3) after the attack.
double brightness_of(const audio::BandPower& power) {
    double sum = 0, weighted = 0;
    for (size_t frame = attack_frames; frame < power.frames; ++frame)
        for (size_t band = 0; band < power.columns; ++band) {
            const double loudness = std::pow(double(power.row(frame)[band]), audio::loudness_exponent);
            sum += loudness;
            weighted += double(band) * loudness;
        }
    return weighted / sum / bands_per_erb;
}

Position measure(const audio::Audio& audio) {
    auto power = audio::band_power(audio);
    const double brightness = brightness_of(power), late_level = audio::late_level(power);
    return {loudness_of(audio), brightness, std::log(attack_of(audio)), late_level, std::move(power)};
}

// Largest change of a measure against the direction from the first to the last position.
double reversal(const std::vector<Position>& positions, double Position::*measure) {
    const double sign = positions.back().*measure >= positions.front().*measure ? 1 : -1;
    double maximum = sign * (positions.front().*measure), largest = 0;
    for (const auto& p : positions) {
        maximum = std::max(maximum, sign * (p.*measure));
        largest = std::max(largest, maximum - sign * (p.*measure));
    }
    return largest;
}

PathMonotonicity evaluate_path(const Path& path, const std::vector<Position>& positions) {
    PathMonotonicity t{path.name, path.edge};
    const Position &first = positions.front(), &last = positions.back(), &middle = positions[steps / 2];
    for (int i = 0; i <= steps; ++i) {
        const double level = first.loudness + (last.loudness - first.loudness) * i / steps;
        t.loudness_deviation = std::max(t.loudness_deviation, std::abs(positions[i].loudness - level));
    }
    t.brightness_reversal = reversal(positions, &Position::brightness);
    t.attack_reversal = std::expm1(reversal(positions, &Position::attack));
    t.decay_reversal = reversal(positions, &Position::late_level);

    std::vector<double> distances;
    for (int i = 0; i < steps; ++i)
        distances.push_back(audio::erb_distance(positions[i].power, positions[i + 1].power));
    const double length = std::reduce(distances.begin(), distances.end());
    t.mean_step = length / steps;
    for (const double d : distances) t.step_deviation += (d - t.mean_step) * (d - t.mean_step) / steps;
    t.step_deviation = std::sqrt(t.step_deviation);
    t.largest_step = *std::ranges::max_element(distances) / t.mean_step;
    t.intermediateness = length / audio::erb_distance(first.power, last.power);
    const double to_first = audio::erb_distance(first.power, middle.power),
                 to_last = audio::erb_distance(last.power, middle.power);
    t.correspondence = to_first / (to_first + to_last);
    return t;
}

} // namespace

nlohmann::json to_json(const PathMonotonicity& p) {
    return {{"name", p.name},
            {"edge", p.edge},
            {"loudness_deviation", p.loudness_deviation},
            {"brightness_reversal", p.brightness_reversal},
            {"attack_reversal", p.attack_reversal},
            {"decay_reversal", p.decay_reversal},
            {"largest_step", p.largest_step},
            {"smoothness", {{"mean", p.mean_step}, {"deviation", p.step_deviation}}},
            {"intermediateness", p.intermediateness},
            {"correspondence", p.correspondence}};
}

std::vector<PathMonotonicity> evaluate_paths(const PlaneRecipe& recipe, const PlaneNote& note, const LoopRange& loop) {
    std::vector<PathMonotonicity> results;
    for (const Path& path : recipe.down > 1 ? std::span<const Path>(square) : std::span<const Path>(line)) {
        std::vector<float> weights;
        for (int i = 0; i <= steps; ++i) {
            const double t = double(i) / steps;
            const double x = path.x0 + t * (path.x1 - path.x0), y = path.y0 + t * (path.y1 - path.y0);
            const auto corners = corner_weights(recipe, x * (recipe.columns() - 1), y * (recipe.rows() - 1));
            weights.insert(weights.end(), corners.begin(), corners.end());
        }
        const auto rendering = note.render(to_tensor(weights).view({steps + 1, -1}));
        const auto sound = rendering.sound.to(torch::kCPU);
        std::vector<Position> positions;
        for (int64_t i = 0; i <= steps; ++i)
            positions.push_back(
                measure(to_audio(unroll_loop(sound[i], loop, rendering.decay[size_t(i)], sounding_seconds))));
        if (positions.front().loudness < silence || positions.back().loudness < silence) continue;
        results.push_back(evaluate_path(path, positions));
    }
    return results;
}

} // namespace timbrel::models
