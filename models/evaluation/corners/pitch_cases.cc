// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/pitch_cases.h"

#include "common/units.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace timbrel::models {
namespace {

constexpr size_t most_instruments = 36;
constexpr int partials = 12;
constexpr double rise = .02; // seconds

using PitchCurve = std::function<double(double seconds)>; // cents

// From 80 cents below, within 150 ms.
double scoop(double t) { return -80 * std::max(0., 1 - t / .15) * std::max(0., 1 - t / .15); }

double drift(double t) { return 15 - 15 * t; }

double late_vibrato(double t) {
    return 30 * std::clamp((t - .3) / .3, 0., 1.) * std::sin(2 * std::numbers::pi * 5.5 * t);
}

// Six sines between 4 and 18 Hz with random phases: about 4 cents on the mean.
double jitter(double t) {
    std::mt19937 random(1);
    double sum = 0;
    for (int k = 0; k < 6; ++k) {
        const double phase = double(random()) / double(std::mt19937::max());
        sum += std::sin(2 * std::numbers::pi * ((4.3 + 2.7 * k) * t + phase));
    }
    return 2.3 * sum;
}

// A tone of partials 1/n whose pitch follows a curve.
class MovingTone final : public audio::Source {
  public:
    MovingTone(std::string name, PitchCurve cents) : name_(std::move(name)), cents_(std::move(cents)) {}

    std::string name() const override { return name_; }
    nlohmann::json provenance() const override { return {{"type", "synthesis"}, {"name", name_}}; }
    audio::Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) override {
        audio::Audio tone;
        tone.rate = audio::source_rate;
        double turns = 0;
        for (size_t n = 0; n < audio::source_frames(hold_seconds + release_seconds); ++n) {
            const double t = double(n) / audio::source_rate;
            turns += note_to_hertz(pitch) * cents_to_ratio(cents_(t)) / audio::source_rate;
            turns -= std::floor(turns);
            double sample = 0;
            for (int k = 1; k <= partials; ++k) sample += std::sin(2 * std::numbers::pi * (k * turns + .1 * k * k)) / k;
            const double end = (hold_seconds + release_seconds - t) / release_seconds;
            tone.left.push_back(float(.2 * sample * std::min({1., t / rise, end})));
        }
        tone.right = tone.left;
        return {double(pitch), velocity, hold_seconds, std::move(tone), name_};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    std::string name_;
    PitchCurve cents_;
};

} // namespace

std::vector<PitchCase> pitch_cases(Split split) {
    std::vector<PitchCase> cases;
    const auto add = [&](const std::string& name, const PitchCurve& cents) {
        cases.push_back({name, true, [=] { return std::make_unique<MovingTone>(name, cents); }, {57}});
    };
    add("scoop", scoop);
    add("drift", drift);
    add("vibrato", late_vibrato);
    add("jitter", jitter);
    add("all", [](double t) { return scoop(t) + late_vibrato(t) + jitter(t); });
    const auto instruments = instruments_of(split);
    const size_t count = std::min(instruments.size(), most_instruments);
    for (size_t i = 0; i < count; ++i) {
        const auto& instrument = instruments[i * instruments.size() / count];
        cases.push_back({instrument.source + ": " + instrument.name,
                         false,
                         [spec = instrument.spec] { return audio::open_source(spec); },
                         {48, 60, 72}});
    }
    return cases;
}

} // namespace timbrel::models
