// SPDX-License-Identifier: GPL-3.0-or-later
// Knobs of winds and bows: how a note begins, and the noise in it.
#include "common/units.h"
#include "models/audio/knobs/families.h"
#include "models/audio/knobs/filters.h"
#include "models/audio/knobs/synthesis.h"

namespace timbrel::audio {
namespace {

// Noise through a resonance, at a root mean square of 1.
Samples breath(KnobVoice& voice) {
    const double hz = std::clamp(voice.random.log_uniform(1, 12) * voice.f0, 300.0, 9000.0);
    const double quality = voice.random.log_uniform(0.5, 3);
    Samples noise = white_noise(voice.random, voice.frames);
    StateVariableFilter filter;
    for (float& sample : noise) sample = static_cast<float>(filter.step(sample, hz, quality).band);
    scale(noise, 1);
    return noise;
}

// A tone at a root mean square of 1, and the same tone duller.
struct Tone {
    Samples bright, dull;
};

Tone random_tone(KnobVoice& voice) {
    Harmonics harmonics = random_harmonics(voice);
    Tone tone{WaveTable(harmonics).play(voice.f0, voice.frames), {}};
    const double slope = voice.random.uniform(0, 6); // dB per octave
    for (size_t i = 0; i < harmonics.size(); ++i)
        harmonics[i] *= db_to_amplitude(-slope * std::log2(static_cast<double>(i + 1)));
    tone.dull = WaveTable(harmonics).play(voice.f0, voice.frames);
    scale(tone.bright, 1);
    scale(tone.dull, 1);
    return tone;
}

// The louder, the brighter.
Samples blown(const Tone& tone, const Envelope& envelope, double hold) {
    Samples samples(tone.bright.size());
    for (size_t i = 0; i < samples.size(); ++i) {
        const double level = envelope.at(static_cast<double>(i) / synthesis_rate, hold);
        samples[i] = static_cast<float>(level * linear_between(tone.dull[i], tone.bright[i], level));
    }
    return samples;
}

Samples attack_time(KnobVoice& voice) {
    const double attack = voice.logarithmic(0.003, 0.6, 4);
    Envelope envelope = sustained_envelope(voice.random);
    envelope.attack = attack;
    return blown(random_tone(voice), envelope, voice.hold);
}

Samples breath_noise(KnobVoice& voice) {
    const double amount = db_to_amplitude(voice.linear(-45, -5, 12));
    const Envelope envelope = sustained_envelope(voice.random);
    Samples samples = blown(random_tone(voice), envelope, voice.hold), noise = breath(voice);
    apply(envelope, voice.hold, noise);
    add(samples, noise, amount);
    return samples;
}

// The burst of noise at the beginning of a pipe's note; its length moves.
Samples chiff_length(KnobVoice& voice) {
    const double length = voice.logarithmic(0.03, 1.5, 4), level = db_to_amplitude(voice.random.uniform(-12, 0));
    const Envelope envelope = sustained_envelope(voice.random);
    Samples samples = blown(random_tone(voice), envelope, voice.hold), noise = breath(voice);
    apply({0.002, length, 0, 0.1}, voice.hold, noise);
    add(samples, noise, level);
    return samples;
}

// A bowed string: the noise comes in every period, while the string slips.
Samples bow_noise(KnobVoice& voice) {
    const double amount = db_to_amplitude(voice.linear(-36, 0, 12)), slip = voice.random.uniform(0.1, 0.4);
    const Envelope envelope = sustained_envelope(voice.random);
    Harmonics harmonics = random_harmonics(voice);
    Samples samples = WaveTable(harmonics).play(voice.f0, voice.frames), noise = breath(voice);
    scale(samples, 1);
    for (size_t i = 0; i < noise.size(); ++i) {
        const double periods = voice.f0 * static_cast<double>(i) / synthesis_rate;
        if (periods - std::floor(periods) > slip) noise[i] *= 0.1F;
    }
    scale(noise, 1);
    add(samples, noise, amount);
    apply(envelope, voice.hold, samples);
    return samples;
}

} // namespace

KnobFamilies wind_families() {
    using enum KnobUse;
    return {synthesis_family("attack time", "attack", training, attack_time),
            synthesis_family("breath noise", "noise", training, breath_noise),
            synthesis_family("chiff length", "attack", training, chiff_length),
            synthesis_family("bow noise", "noise", training, bow_noise)};
}

} // namespace timbrel::audio
