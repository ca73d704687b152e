// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/struck_sounds.h"

#include "common/units.h"
#include "models/audio/knobs/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double rate = 48000, highest_mode = 16000; // Hz
constexpr double turn = 2 * std::numbers::pi;

// Church bell: hum, prime, tierce, quint, nominal and above (Rossing, Science of Percussion Instruments, 2000),
// relative to the strike note, an octave below the nominal.
const std::vector<double> bell_ratios{.5, 1, 1.183, 1.506, 2, 2.514, 2.662, 3.011, 4.166, 5.433, 6.796, 8.215};
// Free bars, and the tubes of an orchestra's chimes, whose strike note is an octave below the fourth mode.
const std::vector<double> bar_ratios{1, 2.756, 5.404, 8.933, 13.345, 18.64};
const std::vector<double> tube_ratios{.22, .61, 1.19, 2, 2.98, 4.13, 5.48, 6.98, 8.68};
const std::vector<double> glass_ratios{1, 2.32, 4.25, 6.63, 9.38, 12.22};
const std::vector<double> tom_ratios{.62, 1, 1.59, 2.14, 2.3, 2.65, 2.92, 3.5}; // a round skin, with the air below it

struct Ranges {
    double least_fall, most_fall; // of the lowest mode, dB per second
    double fall_power;            // falls grow with this power of the ratio
    double slope;                 // dB per octave by which upper modes are weaker
    double beating;               // probability that a mode beats
};

Ranges ranges_of(Struck kind) {
    switch (kind) {
    case Struck::bell:
        return {3, 8, .8, 3, .6};
    case Struck::gong:
        return {4, 10, .4, 2, .4};
    case Struck::bar:
        return {10, 40, 1, 6, .15};
    case Struck::tube:
        return {5, 12, .7, 2, .4};
    case Struck::tom:
        return {40, 90, .5, 6, .1};
    case Struck::fm_bell:
        return {6, 20, 0, 0, 0};
    case Struck::glass:
        return {15, 60, .7, 4, .6};
    }
    return {};
}

std::vector<double> ratios_of(Struck kind, Random& random) {
    switch (kind) {
    case Struck::bell:
        return bell_ratios;
    case Struck::bar:
        return bar_ratios;
    case Struck::tube:
        return tube_ratios;
    case Struck::tom:
        return tom_ratios;
    case Struck::glass:
        return glass_ratios;
    case Struck::fm_bell:
        return {1};
    case Struck::gong:
        break;
    }
    std::vector<double> ratios{1};
    for (double ratio = 1.3; ratios.size() < 40; ratio *= random.uniform(1.02, 1.16)) ratios.push_back(ratio);
    return ratios;
}

// Noise of even spectrum.
class Hiss {
  public:
    explicit Hiss(uint64_t seed) : random_(seed) {}
    double next() { return random_.uniform(-1, 1) * std::numbers::sqrt3; }

  private:
    Random random_;
};

// One channel of a mode, added. `warp`: the time for which an unbent mode would have to sound, of each frame.
void add_mode(std::vector<float>& channel, const StruckMode& mode, double index, const std::vector<double>& warp,
              double side) {
    constexpr double modulator = 1.4;
    double level = mode.amplitude;
    const double step = db_to_amplitude(-mode.fall / rate);
    for (size_t i = 0; i < channel.size(); ++i, level *= step) {
        const double t = static_cast<double>(i) / rate, risen = std::min(1.0, t / mode.rise);
        const double angle = turn * mode.hertz * warp[i] + mode.phase + side;
        const double bend = index == 0 ? 0 : index * std::exp(-2 * t) * std::sin(modulator * angle);
        const double second = mode.beat == 0 ? 1 : std::cos(std::numbers::pi * mode.beat * t);
        channel[i] += static_cast<float>(level * risen * second * std::cos(angle + bend));
    }
}

} // namespace

std::string struck_name(Struck kind) {
    switch (kind) {
    case Struck::bell:
        return "bell";
    case Struck::gong:
        return "gong";
    case Struck::bar:
        return "bar";
    case Struck::tube:
        return "tube";
    case Struck::tom:
        return "tom";
    case Struck::fm_bell:
        return "FM bell";
    case Struck::glass:
        return "glass";
    }
    return {};
}

StruckSound struck_sound(Struck kind, double pitch, uint64_t seed) {
    Random random(seed * 31 + static_cast<uint64_t>(kind) + 1);
    StruckSound sound;
    sound.pitch = pitch;
    const Ranges ranges = ranges_of(kind);
    const double fall = random.uniform(ranges.least_fall, ranges.most_fall), hertz = note_to_hertz(pitch);
    for (const double ratio : ratios_of(kind, random)) {
        StruckMode mode;
        mode.hertz = hertz * ratio;
        mode.amplitude = db_to_amplitude(-ranges.slope * std::abs(std::log2(ratio)) - random.uniform(0, 12));
        mode.fall = fall * std::pow(ratio, ranges.fall_power) * random.uniform(.7, 1.4);
        mode.beat = random.chance(ranges.beating) ? random.log_uniform(.5, 8) : 0;
        mode.phase = random.uniform(0, turn);
        mode.side = random.uniform(-.5, .5);
        if (kind == Struck::gong && ratio > 3) mode.rise = random.uniform(.3, 1.5);
        if (mode.hertz < highest_mode) sound.modes.push_back(mode);
    }
    if (kind == Struck::tom) sound.glide = random.uniform(.5, 4);
    if (kind == Struck::fm_bell) sound.index = random.uniform(2, 6);
    sound.knock = random.uniform(0, .5);
    sound.hiss = random.chance(.5) ? db_to_amplitude(random.uniform(-80, -50)) : 0;
    return sound;
}

Audio strike(const StruckSound& sound, double seconds, uint64_t seed) {
    Audio audio{rate, std::vector<float>(static_cast<size_t>(seconds * rate)), {}};
    audio.right = audio.left;
    std::vector<double> warp(audio.frames());
    for (size_t i = 1; i < warp.size(); ++i) {
        const double t = static_cast<double>(i) / rate;
        warp[i] = warp[i - 1] + semitones_to_ratio(sound.glide * std::exp(-t / .05)) / rate;
    }
    for (const StruckMode& mode : sound.modes) {
        add_mode(audio.left, mode, sound.index, warp, mode.side / 2);
        add_mode(audio.right, mode, sound.index, warp, -mode.side / 2);
    }
    Hiss hiss(seed + 7);
    float peak = 1e-9f;
    for (size_t i = 0; i < audio.frames(); ++i) {
        const double knock = sound.knock * std::exp(-static_cast<double>(i) / (.005 * rate)) + sound.hiss;
        for (auto* channel : {&audio.left, &audio.right}) {
            (*channel)[i] += static_cast<float>(knock * hiss.next());
            peak = std::max(peak, std::abs((*channel)[i]));
        }
    }
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample *= 0.5f / peak;
    return audio;
}

} // namespace timbrel::audio
