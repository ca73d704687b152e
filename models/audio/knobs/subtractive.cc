// SPDX-License-Identifier: GPL-3.0-or-later
// Knobs of filters behind an oscillator or a larynx.
#include "common/units.h"
#include "models/audio/knobs/families.h"
#include "models/audio/knobs/filters.h"
#include "models/audio/knobs/synthesis.h"

#include <algorithm>
#include <array>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double pi = std::numbers::pi;

// A filter's frequency in the course of a note: it falls to `hz` from some octaves above.
struct Contour {
    double hz, octaves, seconds;
    double at(double time) const { return hz * std::exp2(octaves * std::exp(-time / seconds)); }
};

Contour random_contour(KnobVoice& voice, double hz) {
    const double octaves = voice.random.chance(0.5) ? voice.random.uniform(0.5, 3) : 0;
    return {hz, octaves, voice.random.log_uniform(0.04, 0.8)};
}

double lowest_cutoff(const KnobVoice& voice) { return std::max(1.2 * voice.f0, 120.0); }
double highest_cutoff(const KnobVoice& voice) { return std::clamp(20 * voice.f0, 3 * lowest_cutoff(voice), 9000.0); }

// An oscillator through `step`, which is given a sample and a frequency.
template<typename Step>
Samples swept(KnobVoice& voice, const Contour& contour, Step step) {
    Samples samples = WaveTable(random_oscillator(voice)).play(voice.f0, voice.frames, voice.random.unit());
    for (size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<float>(step(samples[i], contour.at(static_cast<double>(i) / synthesis_rate)));
    apply(random_envelope(voice.random), voice.hold, samples);
    return samples;
}

Samples low_pass(KnobVoice& voice) {
    const double hz = voice.logarithmic(lowest_cutoff(voice), highest_cutoff(voice), 1.8);
    const double quality = voice.random.log_uniform(0.6, 9);
    StateVariableFilter filter;
    return swept(voice, random_contour(voice, hz),
                 [&](double sample, double now) { return filter.step(sample, now, quality).low; });
}

Samples high_pass(KnobVoice& voice) {
    const double hz = voice.logarithmic(0.8 * voice.f0, std::min(12 * voice.f0, 6000.0), 1.8);
    const double quality = voice.random.log_uniform(0.6, 6);
    StateVariableFilter filter;
    return swept(voice, {hz, 0, 1}, [&](double sample, double now) { return filter.step(sample, now, quality).high; });
}

Samples wah(KnobVoice& voice) {
    const double hz = voice.logarithmic(lowest_cutoff(voice), highest_cutoff(voice), 1.8);
    const double quality = voice.random.log_uniform(2, 9), direct = voice.random.log_uniform(0.02, 0.2);
    StateVariableFilter filter;
    return swept(voice, {hz, 0, 1},
                 [&](double sample, double now) { return direct * sample + filter.step(sample, now, quality).band; });
}

Samples ladder(KnobVoice& voice) {
    const double hz = voice.logarithmic(lowest_cutoff(voice), highest_cutoff(voice), 1.8);
    const double feedback = voice.random.uniform(0, 3.6);
    LadderFilter filter;
    return swept(voice, random_contour(voice, hz),
                 [&](double sample, double now) { return filter.step(sample, now, feedback); });
}

// How long the filter takes to close.
Samples filter_decay(KnobVoice& voice) {
    const double seconds = voice.logarithmic(0.03, 1.5, 4);
    const double hz = voice.random.log_uniform(lowest_cutoff(voice), 2 * lowest_cutoff(voice));
    const double quality = voice.random.log_uniform(0.6, 5), octaves = voice.random.uniform(2, 4);
    StateVariableFilter filter;
    return swept(voice, {hz, octaves, seconds},
                 [&](double sample, double now) { return filter.step(sample, now, quality).low; });
}

// The sound and its copy, late by a part of a period.
Samples comb(KnobVoice& voice) {
    const double periods = voice.logarithmic(0.04, 0.5, 2), depth = voice.random.uniform(0.7, 0.95);
    Harmonics harmonics = random_harmonics(voice);
    for (size_t i = 0; i < harmonics.size(); ++i)
        harmonics[i] *= 1.0 - std::polar(depth, -2 * pi * static_cast<double>(i + 1) * periods);
    Samples samples = WaveTable(harmonics).play(voice.f0, voice.frames);
    apply(random_envelope(voice.random), voice.hold, samples);
    return samples;
}

// The flow through the larynx (Rosenberg, JASA 1971), differentiated by the lips.
Harmonics larynx(KnobVoice& voice) {
    const double open = voice.random.uniform(0.5, 0.75), rise = 0.67 * open, fall = open - rise;
    Harmonics harmonics = harmonics_of(
        [&](double phase) {
            if (phase < rise) return 0.5 - 0.5 * std::cos(pi * phase / rise);
            return phase < open ? std::cos(0.5 * pi * (phase - rise) / fall) : 0;
        },
        voice.harmonics());
    for (size_t i = 0; i < harmonics.size(); ++i) harmonics[i] *= static_cast<double>(i + 1);
    return harmonics;
}

// Formants in a row as in Klatt's synthesiser (JASA 1980); the lower three move from vowel to vowel by ratio.
Samples vowel(KnobVoice& voice) {
    // a, e, i, o, u, open e, open o, ü, ö: means of adult voices, Hz.
    constexpr std::array<std::array<double, 3>, 9> vowels = {{{750, 1250, 2600},
                                                              {400, 2150, 2700},
                                                              {280, 2300, 3000},
                                                              {420, 800, 2500},
                                                              {300, 700, 2400},
                                                              {580, 1850, 2550},
                                                              {580, 950, 2450},
                                                              {280, 1800, 2200},
                                                              {400, 1500, 2250}}};
    const size_t from = voice.random.index(9), to = (from + 1 + voice.random.index(8)) % 9;
    const double throat = voice.random.log_uniform(0.9, 1.2);
    std::array<double, 5> formants = {0, 0, 0, 3600 * throat, 4500 * throat}, widths = {70, 90, 130, 200, 260};
    for (size_t i = 0; i < 3; ++i)
        formants[i] = throat * geometric_between(vowels[from][i], vowels[to][i], voice.setting);
    for (double& width : widths) width *= voice.random.log_uniform(0.8, 1.5);
    Samples samples = WaveTable(larynx(voice)).play(voice.f0, voice.frames);
    scale(samples, 1);
    add(samples, white_noise(voice.random, voice.frames), db_to_amplitude(voice.random.uniform(-50, -25)));
    std::array<StateVariableFilter, 5> tract;
    for (float& sample : samples) {
        double signal = sample;
        for (size_t i = 0; i < tract.size(); ++i)
            signal = tract[i].step(signal, formants[i], formants[i] / widths[i]).low;
        sample = static_cast<float>(signal);
    }
    apply(sustained_envelope(voice.random), voice.hold, samples);
    return samples;
}

} // namespace

KnobFamilies filter_families() {
    using enum KnobUse;
    return {synthesis_family("low-pass cutoff", "cutoff", training, low_pass),
            synthesis_family("high-pass cutoff", "cutoff", training, high_pass),
            synthesis_family("wah", "resonance", training, wah),
            synthesis_family("ladder cutoff", "cutoff", test, ladder),
            synthesis_family("filter decay time", "decay", training, filter_decay),
            synthesis_family("comb delay", "comb", training, comb),
            synthesis_family("vowel", "formants", test, vowel, 33, 69)};
}

} // namespace timbrel::audio
