// SPDX-License-Identifier: GPL-3.0-or-later
// Knobs of strings and bars, synthesised by their modes.
#include "common/units.h"
#include "models/audio/knobs/families.h"
#include "models/audio/knobs/synthesis.h"

#include <array>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double pi = std::numbers::pi;

// The properties of a string, one of which the knob sets.
struct String {
    double stiffness, slope, position; // of the partials' stretching; dB per octave; of plucking, 0–0.5
    double decay, loss;                // seconds for 60 dB of the fundamental; how much faster high partials decay
    Envelope envelope;
};

String random_string(KnobVoice& voice) {
    Random& random = voice.random;
    const double decay = random.log_uniform(0.8, 12) * std::pow(220 / voice.f0, 0.4);
    return {random.log_uniform(1e-6, 2e-4), random.uniform(3, 8) + 4 * (1 - voice.velocity),
            random.log_uniform(0.06, 0.5),  decay,
            random.log_uniform(0.002, 0.1), struck_envelope(random)};
}

// `force` is the spectrum of what excites the string, by Hz.
template<typename Force>
std::vector<Mode> modes_of(const String& string, const KnobVoice& voice, double f0, Force force) {
    std::vector<Mode> modes;
    for (size_t k = 1; k <= voice.harmonics(); ++k) {
        const double n = static_cast<double>(k);
        const double hz = n * f0 * std::sqrt((1 + string.stiffness * n * n) / (1 + string.stiffness));
        const double amplitude =
            std::sin(pi * n * string.position) * db_to_amplitude(-string.slope * std::log2(n)) * force(hz);
        modes.push_back({hz, amplitude, string.decay / (1 + string.loss * (n * n - 1))});
    }
    return modes;
}

double even_force(double) { return 1; }

Samples struck(const std::vector<Mode>& modes, const Envelope& envelope, KnobVoice& voice) {
    Samples samples = ring(modes, voice.frames);
    apply(envelope, voice.hold, samples);
    return samples;
}

// A random string with one property that the knob sets.
Samples string_with(double String::*property, double value, KnobVoice& voice) {
    String string = random_string(voice);
    string.*property = value;
    return struck(modes_of(string, voice, voice.f0, even_force), string.envelope, voice);
}

Samples pluck_position(KnobVoice& voice) {
    return string_with(&String::position, voice.logarithmic(0.03, 0.5, 2), voice);
}
Samples damping(KnobVoice& voice) { return string_with(&String::loss, voice.logarithmic(0.001, 0.5, 6), voice); }
Samples decay_time(KnobVoice& voice) { return string_with(&String::decay, voice.logarithmic(0.25, 12, 3), voice); }

// A hammer's felt: the harder it is, the shorter it touches the string. The time moves by ratio.
Samples hammer_hardness(KnobVoice& voice) {
    const double touch = voice.logarithmic(0.04, 0.6, 2) / voice.f0; // seconds
    String string = random_string(voice);
    const auto force = [&](double hz) { return 1 / (1 + std::pow(2 * hz * touch, 4)) + 1e-3; };
    return struck(modes_of(string, voice, voice.f0, force), string.envelope, voice);
}

// Two or three strings of one key.
Samples string_detuning(KnobVoice& voice) {
    const double cents = voice.logarithmic(0.3, 20, 5);
    const bool three = voice.random.chance(0.5);
    const String string = random_string(voice);
    std::vector<Mode> modes;
    for (const double offset : {-1.0, 1.0, 0.1}) {
        if (offset == 0.1 && !three) continue;
        for (const Mode& mode : modes_of(string, voice, voice.f0 * cents_to_ratio(offset * cents), even_force))
            modes.push_back(mode);
    }
    return struck(modes, string.envelope, voice);
}

// A bar's stick: soft ones touch long and excite the upper modes less.
Samples bar_hardness(KnobVoice& voice) {
    constexpr std::array<std::array<double, 6>, 3> bars = {{
        {1, 3.93, 9.54, 16.6, 24, 33},  // marimba
        {1, 4, 10.1, 18.3, 28.2, 39},   // vibraphone
        {1, 2.99, 6.1, 10.5, 15.8, 22}, // xylophone
    }};
    const double touch = voice.logarithmic(0.03, 0.8, 4) / voice.f0;
    const auto& ratios = bars[voice.random.index(bars.size())];
    const double decay = voice.random.log_uniform(0.4, 5) * std::pow(220 / voice.f0, 0.5),
                 loss = voice.random.log_uniform(0.1, 0.8);
    std::vector<Mode> modes;
    for (const double ratio : ratios) {
        const double hz = ratio * voice.f0 * (ratio > 1 ? voice.random.uniform(0.99, 1.01) : 1);
        const double amplitude =
            voice.random.uniform(0.4, 1) * std::exp(-std::pow(hz * touch, 1.5)) / std::pow(ratio, 0.3);
        modes.push_back({hz, amplitude, decay / (1 + loss * (ratio - 1))});
    }
    modes[0].amplitude = std::max(modes[0].amplitude, 0.3);
    return struck(modes, struck_envelope(voice.random), voice);
}

} // namespace

KnobFamilies string_families() {
    using enum KnobUse;
    return {synthesis_family("string pluck position", "comb", training, pluck_position),
            synthesis_family("string damping", "decay", training, damping),
            synthesis_family("string decay time", "decay", training, decay_time),
            synthesis_family("hammer hardness", "strike", test, hammer_hardness),
            synthesis_family("string detuning", "detuning", training, string_detuning),
            synthesis_family("bar stick hardness", "strike", training, bar_hardness, 45)};
}

} // namespace timbrel::audio
