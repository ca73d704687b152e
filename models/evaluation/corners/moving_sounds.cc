// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/moving_sounds.h"

#include "common/units.h"
#include "models/tensor/audio_tensor.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>

namespace timbrel::models {
namespace {

constexpr double turn = 2 * std::numbers::pi;
constexpr double highest = 12000; // Hz

struct Voice {
    double cents = 0; // off the key
    double gain = 1, left = 1, right = 1;
    double wander = 0, wander_rate = 0, wander_phase = 0; // cents, Hz, radians: of its vibrato or chorus
};

struct Sound {
    const char* name;
    int partials;
    std::function<std::vector<Voice>(std::mt19937& random)> voices;
    double slope = 1;                     // amplitude of partial n: n^-slope
    double tremolo = 0, tremolo_rate = 0; // depth as a fraction, Hz
    double attack = .05;                  // seconds
    double fall = 0, fall_rise = 0;       // dB per second, of partial 1 and more for each further one
};

double between(std::mt19937& random, double low, double high) {
    return low + (high - low) * double(random()) / double(std::mt19937::max());
}

class MovingSource final : public audio::Source {
  public:
    explicit MovingSource(const Sound& sound) : sound_(sound) {}
    std::string name() const override { return sound_.name; }
    nlohmann::json provenance() const override { return {{"type", "synthesis"}, {"name", sound_.name}}; }
    audio::Recording note(int pitch, int velocity, double hold, double release) override {
        std::mt19937 random(unsigned(pitch) + 1); // every key moves in its fashion
        const auto t = torch::arange(int64_t(audio::source_frames(hold + release)), torch::kDouble) / model_rate;
        auto left = torch::zeros_like(t), right = torch::zeros_like(t);
        for (const auto& voice : sound_.voices(random)) {
            const double hz = note_to_hertz(pitch + voice.cents / 100);
            auto turns = t * hz;
            if (voice.wander > 0) {
                const double swing = hz * (cents_to_ratio(voice.wander) - 1) / (turn * voice.wander_rate);
                turns -= swing * torch::cos(t * (turn * voice.wander_rate) + voice.wander_phase);
            }
            auto sum = torch::zeros_like(t);
            for (int n = 1; n <= sound_.partials && n * hz < highest; ++n) {
                const double fall = sound_.fall + (n - 1) * sound_.fall_rise;
                sum += std::pow(n, -sound_.slope) * torch::pow(10, t * (-fall / 20)) *
                       torch::sin(turns * (turn * n) + between(random, 0, turn));
            }
            left += voice.gain * voice.left * sum;
            right += voice.gain * voice.right * sum;
        }
        const auto level = (t / sound_.attack).clamp_max(1) *
                           (1 + sound_.tremolo * torch::sin(t * (turn * sound_.tremolo_rate))) *
                           torch::pow(10, (t - hold).clamp_min(0) * -6) * .03; // released: 120 dB per second
        return {double(pitch), velocity, hold, to_audio(torch::stack({left * level, right * level}).to(torch::kFloat)),
                name()};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    Sound sound_;
};

std::vector<Voice> supersaw(std::mt19937&) {
    std::vector<Voice> voices;
    for (const double cents : {-14., -9., -4., 0., 5., 9., 13.})
        voices.push_back({cents, 1, cents < 0 ? 1 : .7, cents > 0 ? 1 : .7});
    return voices;
}

std::vector<Voice> ensemble(std::mt19937& random) {
    std::vector<Voice> voices;
    for (int i = 0; i < 12; ++i)
        voices.push_back({between(random, -10, 10), .7, between(random, .3, 1), between(random, .3, 1),
                          between(random, 5, 15), between(random, 4.5, 6.5), between(random, 0, turn)});
    return voices;
}

std::vector<Voice> organ(std::mt19937&) { return {{}}; }

std::vector<Voice> chorus(std::mt19937&) {
    return {{0, 1, 1, 1}, {0, .8, 1, .4, 8, .31, 0}, {0, .8, .4, 1, 8, .23, 2}};
}

std::vector<Voice> strings_of_a_piano(std::mt19937& random) {
    const double off = between(random, .5, 1.5);
    return {{0, 1, 1, .8}, {off, .6, .8, 1}, {-off / 3, .5, 1, 1}};
}

} // namespace

std::vector<HeldCase> moving_cases() {
    std::vector<HeldCase> cases;
    for (const Sound& sound : {Sound{"supersaw", 16, supersaw},
                               {"ensemble of strings", 10, ensemble, 1, 0, 0, .2},
                               {"organ with tremolo", 8, organ, .7, .35, 5.7},
                               {"pad with slow chorus", 12, chorus, 1.3, 0, 0, .4},
                               {"beating piano", 12, strings_of_a_piano, 1.2, 0, 0, .004, 4, .8}})
        cases.push_back({std::string("synthesis: ") + sound.name, sound.name,
                         [sound] { return std::make_unique<MovingSource>(sound); }});
    return cases;
}

} // namespace timbrel::models
