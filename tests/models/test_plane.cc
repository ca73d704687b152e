// A plane under the finger, its corners four instruments that training never saw: along straight ways loudness,
// brightness, attack and decay go from one end's to the other's.
#include "models/audio_tensor.h"
#include "models/bake.h"
#include "models/plane_sources.h"
#include "models/sound/measures.h"

#include <boost/test/unit_test.hpp>
#include <ebur128.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace timbrel;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
constexpr int steps = 8;              // of a way
constexpr double bands_an_erb = 1.92; // of band_power: 80 bands over 41.6 ERB, each as wide as what the ear tells apart

struct Sound {
    double loudness;   // LUFS of the loudest 0.4 s
    double brightness; // centroid of the power, in ERB bands of 80
    double attack;     // ln of the seconds that the level takes to 90 % of its first peak
    double late;       // dB: sound/measures.h
};

Audio as_held(const Tensor& sound, const LoopPlace& loop, double decay) {
    const int64_t start = loop.start * hop, end = loop.end * hop;
    const auto t = torch::arange(3 * model_rate);
    const auto at = torch::where(t < end, t, start + (t - start).remainder(end - start));
    const auto fading = (t - start).clamp_min(0).to(torch::kFloat) / double(model_rate);
    return audio_of(sound.index_select(1, at) * torch::pow(10, fading * (-decay / 20)));
}

Sound measured(const Audio& audio) {
    Sound s{-1000, 0, 0, 0};
    ebur128_state* meter = ebur128_init(2, model_rate, EBUR128_MODE_M);
    std::vector<float> stereo;
    for (size_t i = 0; i < audio.frames(); ++i) stereo.insert(stereo.end(), {audio.left[i], audio.right[i]});
    for (size_t at = 0; at + 4800 <= audio.frames(); at += 4800) {
        ebur128_add_frames_float(meter, stereo.data() + 2 * at, 4800);
        double now = 0;
        ebur128_loudness_momentary(meter, &now);
        if (at >= 3 * 4800) s.loudness = std::max(s.loudness, now);
    }
    ebur128_destroy(&meter);

    const BandPower power = band_power(audio);
    double sum = 0, weighted = 0;
    for (size_t frame = 0; frame < power.frames; ++frame)
        for (size_t band = 0; band < power.columns; ++band) {
            sum += double(power.row(frame)[band]);
            weighted += double(band) * double(power.row(frame)[band]);
        }
    s.brightness = weighted / sum;
    s.late = late_level(power);

    std::vector<double> level; // over 10 ms every ms
    double peak = 0;
    for (size_t at = 0; at + 480 < size_t(model_rate) * 3 / 10; at += 48) {
        double energy = 0;
        for (size_t i = at; i < at + 480; ++i) energy += std::pow(audio.left[i], 2) + std::pow(audio.right[i], 2);
        level.push_back(std::sqrt(energy));
        peak = std::max(peak, level.back());
    }
    const auto risen = std::ranges::find_if(level, [&](double l) { return l >= 0.9 * peak; });
    s.attack = std::log(0.005 + 0.001 * double(risen - level.begin()));
    return s;
}

// How far the values go back on their way from the first to the last.
double turned_back(const std::vector<double>& values) {
    const double sign = values.back() >= values.front() ? 1 : -1;
    double furthest = values.front(), back = 0;
    for (const double v : values) {
        back = std::max(back, sign * (furthest - v));
        if (sign * (v - furthest) > 0) furthest = v;
    }
    return back;
}

struct Way {
    const char* name;
    double x0, y0, x1, y1; // columns from the west, rows from the north, 0–1
    bool alone;            // no other corners beside the way
};
constexpr Way ways[] = {{"north", 0, 0, 1, 0, true},
                        {"south", 0, 1, 1, 1, true},
                        {"west", 0, 0, 0, 1, true},
                        {"east", 1, 0, 1, 1, true},
                        {"down across", 0, 0, 1, 1, false},
                        {"up across", 0, 1, 1, 0, false},
                        {"through the middle", 0, .3, 1, .8, false}};

} // namespace

BOOST_AUTO_TEST_SUITE(plane)

BOOST_AUTO_TEST_CASE(straight_ways_are_even) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:71", font + ":0:48", font + ":0:24",
                      font + ":0:12"}; // clarinet strings guitar marimba
    recipe.grid = 2;
    recipe.pitches = {48, 60, 72};
    recipe.velocities = {100};
    recipe.model = TIMBREL_TEST_MODEL;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = open_network(recipe.model, torch::kCPU);
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const auto plan = sources.plan(p);
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
        const auto along = [&](const std::vector<float>& shares) {
            const auto rendering = note.render(tensor_of(shares).view({-1, 4}));
            std::vector<Sound> sounds;
            for (int64_t i = 0; i < rendering.sound.size(0); ++i)
                sounds.push_back(measured(as_held(rendering.sound[i], plan.loop, rendering.decay[size_t(i)])));
            return sounds;
        };
        const auto corners = along({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
        for (const Way& way : ways) {
            std::vector<float> shares;
            for (int i = 0; i <= steps; ++i) {
                const double t = double(i) / steps;
                const auto here = corner_shares(recipe, way.x0 + t * (way.x1 - way.x0), way.y0 + t * (way.y1 - way.y0));
                shares.insert(shares.end(), here.begin(), here.end());
            }
            const auto sounds = along(shares);
            // Four corners of unlike loudness span a surface that is straight along its edges and bilinear inside.
            double uneven = 0;
            for (size_t i = 0; i < sounds.size(); ++i) {
                double level = 0;
                for (size_t c = 0; c < 4; ++c) level += double(shares[4 * i + c]) * corners[c].loudness;
                uneven = std::max(uneven, std::abs(sounds[i].loudness - level));
            }
            const auto back = [&](double Sound::*what) {
                std::vector<double> values;
                for (const Sound& s : sounds) values.push_back(s.*what);
                return turned_back(values);
            };
            const double brightness = back(&Sound::brightness), attack = back(&Sound::attack),
                         late = back(&Sound::late);
            BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", " << way.name) {
                BOOST_TEST_MESSAGE("key " << recipe.pitches[p] << ", " << way.name << ": loudness uneven by " << uneven
                                          << " dB; back by " << brightness / bands_an_erb << " ERB, "
                                          << 100 * (std::exp(attack) - 1) << " % of attack, " << late
                                          << " dB of decay");
                BOOST_TEST(uneven < 1.5);
                if (!way.alone) continue;
                BOOST_TEST(brightness < 1.25 * bands_an_erb);
                BOOST_TEST(attack < std::log(1.6));
                BOOST_TEST(late < 1);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
