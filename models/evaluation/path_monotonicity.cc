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
constexpr double heard_seconds = 3;
constexpr double bands_an_erb = 1.92; // of band_power: 80 bands over 41.6 ERB
constexpr size_t attack_frames = 10;  // of band_power, a tenth of a second
constexpr double silence = -70;       // LUFS

struct Way {
    const char* name;
    double x0, y0, x1, y1; // columns from the west, rows from the north, as shares of the plane
    bool edge;
};
constexpr Way line[] = {{"line", 0, 0, 1, 0, true}};
constexpr Way square[] = {{"north", 0, 0, 1, 0, true},
                          {"south", 0, 1, 1, 1, true},
                          {"west", 0, 0, 0, 1, true},
                          {"east", 1, 0, 1, 1, true},
                          {"down across", 0, 0, 1, 1, false},
                          {"up across", 0, 1, 1, 0, false},
                          {"through the middle", 0, .3, 1, .8, false}};

struct Heard {
    double loudness;   // LUFS of the loudest 0.4 s
    double brightness; // ERB
    double attack;     // ln of seconds
    double late;       // dB
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

// Seconds after which the level over 10 ms, in the first 0.3 s, has risen: the mean time by which its highest so far
// has come about. Where a level is nearly there and goes on rising a little, or beats, no share of its peak tells a
// time.
double attack_of(const audio::Audio& audio) {
    std::vector<double> level; // every ms
    for (size_t at = 0; at + 480 < size_t(model_rate) * 3 / 10; at += 48) {
        double energy = 0;
        for (size_t i = at; i < at + 480; ++i) energy += std::pow(audio.left[i], 2) + std::pow(audio.right[i], 2);
        level.push_back(std::sqrt(energy));
    }
    const double peak = *std::ranges::max_element(level);
    double highest = 0, missing = 0;
    for (const double l : level) {
        highest = std::max(highest, l);
        missing += 1 - highest / peak;
    }
    return .005 + .001 * missing;
}

// The centroid of what is heard after the attack.
double brightness_of(const audio::BandPower& power) {
    double sum = 0, weighted = 0;
    for (size_t frame = attack_frames; frame < power.frames; ++frame)
        for (size_t band = 0; band < power.columns; ++band) {
            const double loudness = std::pow(double(power.row(frame)[band]), audio::stevens);
            sum += loudness;
            weighted += double(band) * loudness;
        }
    return weighted / sum / bands_an_erb;
}

Heard heard(const audio::Audio& audio) {
    auto power = audio::band_power(audio);
    const double brightness = brightness_of(power), late = audio::late_level(power);
    return {loudness_of(audio), brightness, std::log(attack_of(audio)), late, std::move(power)};
}

// How far the values turn back on their way from the first to the last.
double turned_back(const std::vector<Heard>& places, double Heard::*what) {
    const double sign = places.back().*what >= places.front().*what ? 1 : -1;
    double furthest = sign * (places.front().*what), back = 0;
    for (const auto& p : places) {
        furthest = std::max(furthest, sign * (p.*what));
        back = std::max(back, furthest - sign * (p.*what));
    }
    return back;
}

WayTruth judged(const Way& way, const std::vector<Heard>& places) {
    WayTruth t{way.name, way.edge};
    const Heard &first = places.front(), &last = places.back(), &half = places[steps / 2];
    for (int i = 0; i <= steps; ++i) {
        const double level = first.loudness + (last.loudness - first.loudness) * i / steps;
        t.uneven = std::max(t.uneven, std::abs(places[i].loudness - level));
    }
    t.brightness_back = turned_back(places, &Heard::brightness);
    t.attack_back = std::expm1(turned_back(places, &Heard::attack));
    t.decay_back = turned_back(places, &Heard::late);

    std::vector<double> distance;
    for (int i = 0; i < steps; ++i) distance.push_back(audio::light_distance(places[i].power, places[i + 1].power));
    const double all = std::reduce(distance.begin(), distance.end());
    t.step = all / steps;
    for (const double d : distance) t.spread += (d - t.step) * (d - t.step) / steps;
    t.spread = std::sqrt(t.spread);
    t.largest_step = *std::ranges::max_element(distance) / t.step;
    t.path = all / audio::light_distance(first.power, last.power);
    const double to_first = audio::light_distance(first.power, half.power),
                 to_last = audio::light_distance(last.power, half.power);
    t.middle = to_first / (to_first + to_last);
    return t;
}

} // namespace

nlohmann::json to_json(const WayTruth& w) {
    return {{"name", w.name},
            {"edge", w.edge},
            {"loudness_off_line", w.uneven},
            {"brightness_back", w.brightness_back},
            {"attack_back", w.attack_back},
            {"decay_back", w.decay_back},
            {"largest_step", w.largest_step},
            {"smoothness", {{"mean", w.step}, {"deviation", w.spread}}},
            {"intermediateness", w.path},
            {"correspondence", w.middle}};
}

std::vector<WayTruth> judge_ways(const PlaneRecipe& recipe, const PlaneNote& note, const LoopPlace& loop) {
    std::vector<WayTruth> found;
    for (const Way& way : recipe.down > 1 ? std::span<const Way>(square) : std::span<const Way>(line)) {
        std::vector<float> shares;
        for (int i = 0; i <= steps; ++i) {
            const double t = double(i) / steps, x = way.x0 + t * (way.x1 - way.x0), y = way.y0 + t * (way.y1 - way.y0);
            const auto here = corner_shares(recipe, x * (recipe.columns() - 1), y * (recipe.rows() - 1));
            shares.insert(shares.end(), here.begin(), here.end());
        }
        const auto rendering = note.render(tensor_of(shares).view({steps + 1, -1}));
        std::vector<Heard> places;
        for (int64_t i = 0; i <= steps; ++i)
            places.push_back(
                heard(audio_of(played(rendering.sound[i], loop, rendering.decay[size_t(i)], heard_seconds))));
        if (places.front().loudness < silence || places.back().loudness < silence) continue;
        found.push_back(judged(way, places));
    }
    return found;
}

} // namespace timbrel::models
