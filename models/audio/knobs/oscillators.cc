// SPDX-License-Identifier: GPL-3.0-or-later
// Knobs of oscillators: what changes the wave itself.
#include "common/units.h"
#include "models/audio/knobs/families.h"
#include "models/audio/knobs/synthesis.h"

#include <algorithm>
#include <array>
#include <numbers>
#include <utility>

namespace timbrel::audio {
namespace {

constexpr double pi = std::numbers::pi;

// A gentle low-pass that stays.
void darken(Harmonics& harmonics, KnobVoice& voice) {
    const double corner = voice.random.log_uniform(2500, 18000) * (0.4 + 0.6 * voice.velocity);
    for (size_t i = 0; i < harmonics.size(); ++i) {
        const double x = static_cast<double>(i + 1) * voice.f0 / corner;
        harmonics[i] /= std::sqrt(1 + x * x);
    }
}

Samples note_of(const Harmonics& harmonics, KnobVoice& voice) {
    Samples samples = WaveTable(harmonics).play(voice.f0, voice.frames);
    apply(random_envelope(voice.random), voice.hold, samples);
    return samples;
}

Samples dark_note_of(Harmonics harmonics, KnobVoice& voice) {
    darken(harmonics, voice);
    return note_of(harmonics, voice);
}

// The index moves evenly; it falls in the course of the note as it does in FM of struck sounds (Chowning, JAES 1973).
Samples fm_index(KnobVoice& voice) {
    Random& random = voice.random;
    const double ratio = static_cast<double>(1 + random.index(4));
    const double available = (highest_partial / voice.f0 - 1) / ratio - 2; // of the index, without folding
    const double index = voice.linear(0.1, std::clamp(available, 1.0, 8.0), 0.45 * std::clamp(available, 1.0, 8.0));
    const double kept = random.uniform(0.3, 1), fall = random.log_uniform(0.2, 3), phase = random.unit();
    Samples samples(voice.frames);
    for (size_t i = 0; i < samples.size(); ++i) {
        const double seconds = static_cast<double>(i) / synthesis_rate, angle = 2 * pi * voice.f0 * seconds;
        const double now = index * (kept + (1 - kept) * std::exp(-3 * seconds / fall));
        samples[i] = static_cast<float>(std::sin(angle + now * std::sin(ratio * angle + 2 * pi * phase)));
    }
    apply(random_envelope(random), voice.hold, samples);
    return samples;
}

Samples pulse_width(KnobVoice& voice) {
    const double width = voice.logarithmic(0.03, 0.5, 2.5);
    Harmonics harmonics;
    for (size_t k = 1; k <= voice.harmonics(); ++k)
        harmonics.emplace_back(std::sin(pi * static_cast<double>(k) * width) / static_cast<double>(k));
    return dark_note_of(std::move(harmonics), voice);
}

// From one of four waves to another, by mixing them in phase.
Samples waveform(KnobVoice& voice) {
    constexpr std::array<double (*)(double), 4> waves = {
        [](double k) { return 1 / k; },                                                   // saw
        [](double k) { return std::fmod(k, 2) > 0 ? 1 / k : 0; },                         // square
        [](double k) { return std::fmod(k, 2) > 0 ? 1 / (k * k) : 0; },                   // triangle
        [](double k) { return std::fmod(k, 2) > 0 ? (k > 1 ? 0 : 1.0) : 0.8 / (k + 1); }, // organ: even partials
    };
    const size_t from = voice.random.index(4), to = (from + 1 + voice.random.index(3)) % 4;
    Harmonics harmonics;
    for (size_t k = 1; k <= voice.harmonics(); ++k) {
        const double n = static_cast<double>(k);
        harmonics.emplace_back(linear_between(waves[from](n), waves[to](n), voice.setting));
    }
    return dark_note_of(std::move(harmonics), voice);
}

// A sine driven into a soft limiter, a hard one or a folder.
Samples drive(KnobVoice& voice) {
    constexpr std::array<double (*)(double), 3> shapes = {[](double x) { return std::tanh(x); },
                                                          [](double x) { return std::clamp(x, -1.0, 1.0); },
                                                          [](double x) { return std::sin(0.5 * pi * x); }};
    const size_t shape = voice.random.index(3);
    const double amount = voice.logarithmic(0.6, shape == 2 ? 6 : 20, 3), bias = voice.random.uniform(0.1, 0.6);
    Harmonics harmonics = harmonics_of(
        [&](double phase) { return shapes[shape](amount * std::sin(2 * pi * phase) + bias); }, voice.harmonics());
    return dark_note_of(std::move(harmonics), voice);
}

// A saw restarted by another: the ratio of their frequencies moves. The master sounds, too.
Samples sync(KnobVoice& voice) {
    const double ratio = voice.logarithmic(1.1, 7, 1.5);
    Harmonics harmonics = harmonics_of(
        [&](double phase) {
            const double slave = ratio * phase;
            return 2 * (slave - std::floor(slave)) - 1 + phase;
        },
        voice.harmonics());
    return dark_note_of(std::move(harmonics), voice);
}

// A cosine read at an uneven speed, as in Casio's CZ synthesisers.
Samples phase_distortion(KnobVoice& voice) {
    const double knee = voice.logarithmic(0.02, 0.45, 3);
    Harmonics harmonics = harmonics_of(
        [&](double phase) {
            const double bent = phase < knee ? 0.5 * phase / knee : 0.5 + 0.5 * (phase - knee) / (1 - knee);
            return std::cos(2 * pi * bent);
        },
        voice.harmonics());
    return dark_note_of(std::move(harmonics), voice);
}

Samples odd_and_even(KnobVoice& voice) {
    const double gain = db_to_amplitude(voice.linear(-45, 6, 15));
    Harmonics harmonics = random_harmonics(voice);
    for (size_t i = 1; i < harmonics.size(); i += 2) harmonics[i] *= gain;
    return note_of(harmonics, voice);
}

Samples brightness(KnobVoice& voice) {
    const double slope = voice.linear(-12, 2, 5); // dB per octave in addition to that of the instrument
    Harmonics harmonics = random_harmonics(voice);
    for (size_t i = 0; i < harmonics.size(); ++i)
        harmonics[i] *= db_to_amplitude(slope * std::log2(static_cast<double>(i + 1)));
    return note_of(harmonics, voice);
}

// Nine drawbars in eight steps of 3 dB; from one registration to another every bar moves evenly. Sounds an octave
// below what an organist would write, so that the deepest pipe has the pitch of the key.
Samples drawbars(KnobVoice& voice) {
    constexpr std::array<double, 9> pipes = {1, 3, 2, 4, 6, 8, 10, 12, 16};
    const double used = voice.random.uniform(0.35, 0.7);
    std::array<double, 9> from{}, to{};
    double distance = 0;
    while (distance < 14) {
        distance = 0;
        for (size_t i = 0; i < pipes.size(); ++i) {
            for (auto* bar : {&from[i], &to[i]})
                *bar = i == 0 || voice.random.chance(used) ? std::floor(voice.random.uniform(i ? 1 : 6, 9)) : 0;
            distance += std::abs(from[i] - to[i]);
        }
    }
    std::vector<Mode> modes;
    for (size_t i = 0; i < pipes.size(); ++i) {
        const double bar = linear_between(from[i], to[i], voice.setting);
        const double amplitude = db_to_amplitude(3 * (std::max(bar, 1.0) - 8)) * std::min(bar, 1.0);
        // A tone wheel is equally tempered.
        const double semitones = std::round(ratio_to_semitones(pipes[i]));
        modes.push_back({voice.f0 * semitones_to_ratio(semitones), amplitude, 1e6});
    }
    Samples samples = ring(modes, voice.frames);
    apply({voice.random.log_uniform(0.003, 0.02), 1, 1, voice.random.log_uniform(0.03, 0.1)}, voice.hold, samples);
    return samples;
}

// Seven saws; the outermost stand `detuning` cents from the middle.
Samples supersaw(KnobVoice& voice) {
    constexpr std::array<double, 7> offsets = {-1, -0.62, -0.27, 0, 0.29, 0.66, 0.97};
    const double detuning = voice.logarithmic(1.5, 40, 4), sides = voice.random.uniform(0.3, 0.8);
    const WaveTable table(random_oscillator(voice));
    Samples samples(voice.frames);
    for (const double offset : offsets) {
        const double hz = voice.f0 * cents_to_ratio(detuning * offset);
        add(samples, table.play(hz, voice.frames, voice.random.unit()), offset == 0 ? 1 : sides);
    }
    apply(random_envelope(voice.random), voice.hold, samples);
    return samples;
}

} // namespace

KnobFamilies oscillator_families() {
    using enum KnobUse;
    return {synthesis_family("fm index", "index", training, fm_index),
            synthesis_family("pulse width", "width", test, pulse_width),
            synthesis_family("waveform", "waveform", training, waveform),
            synthesis_family("drive", "brightness", training, drive),
            synthesis_family("oscillator sync", "sync", training, sync),
            synthesis_family("phase distortion", "brightness", development, phase_distortion),
            synthesis_family("odd and even partials", "balance", training, odd_and_even),
            synthesis_family("spectral slope", "brightness", training, brightness),
            synthesis_family("drawbars", "registration", training, drawbars, 33, 84),
            synthesis_family("supersaw detuning", "detuning", training, supersaw)};
}

} // namespace timbrel::audio
