// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/knobs/synthesis.h"

#include "common/units.h"
#include "models/audio/analysis/fft.h"
#include "models/audio/knobs/level.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double pi = std::numbers::pi;
constexpr size_t table_size = 1 << 14;
constexpr double sixty_db = 6.907755; // in nepers

class SynthesisKnob final : public Knob {
  public:
    SynthesisKnob(std::string name, Render render) : name_(std::move(name)), render_(render) {}

    Audio note(const KnobNote& note, double setting) override {
        KnobVoice voice(note, setting);
        Audio audio{synthesis_rate, render_(voice), {}};
        audio.left.resize(voice.frames);
        constexpr size_t fade = 480;
        for (size_t i = 0; i < std::min(fade, voice.frames); ++i)
            audio.left[voice.frames - 1 - i] *= static_cast<float>(i) / fade;
        audio.right = audio.left;
        normalise_level(audio, note.velocity, name_);
        return audio;
    }

  private:
    std::string name_;
    Render render_;
};

} // namespace

KnobVoice::KnobVoice(const KnobNote& note, double setting)
    : random(note.variant), setting(setting), f0(note_to_hertz(note.pitch)), velocity(note.velocity / 127.0),
      hold(note.hold), frames(static_cast<size_t>(std::lround((note.hold + note.release) * synthesis_rate))) {}

double KnobVoice::linear(double low, double high, double least) {
    const double available = high - low, span = random.uniform(std::min(least, available), available);
    const double lower = low + random.uniform(0, available - span), upper = lower + span;
    return random.chance(0.5) ? linear_between(lower, upper, setting) : linear_between(upper, lower, setting);
}

double KnobVoice::logarithmic(double low, double high, double least) {
    return std::exp(linear(std::log(low), std::log(high), std::log(least)));
}

size_t KnobVoice::harmonics() const { return static_cast<size_t>(std::max(1.0, highest_partial / f0)); }

KnobFamily synthesis_family(const std::string& name, const std::string& kind, KnobUse use, Render render,
                            int lowest_pitch, int highest_pitch) {
    return {name, kind, "Timbrel " + name, use, lowest_pitch, highest_pitch, [name, render] {
                return std::make_unique<SynthesisKnob>(name, render);
            }};
}

Harmonics harmonics_of(const std::function<double(double)>& wave, size_t count) {
    RealFft fft(table_size);
    for (size_t i = 0; i < table_size; ++i)
        fft.time()[i] = static_cast<float>(wave(static_cast<double>(i) / table_size));
    fft.forward();
    Harmonics harmonics;
    for (size_t k = 1; k <= count; ++k)
        harmonics.push_back(std::complex<double>(fft.frequency()[k]) * (2.0 / table_size));
    return harmonics;
}

Harmonics random_harmonics(KnobVoice& voice) {
    Random& random = voice.random;
    const double slope = random.uniform(3, 12) + 3 * (1 - voice.velocity); // dB per octave
    const double even_level = random.chance(0.3) ? random.uniform(-25, -6) : 0;
    struct Peak {
        double hz, width, db;
    };
    std::vector<Peak> peaks(1 + random.index(4));
    for (Peak& peak : peaks) peak = {random.log_uniform(250, 6000), random.uniform(0.15, 0.6), random.uniform(3, 15)};
    Random partials(random.bits());
    Harmonics harmonics;
    for (size_t k = 1; k <= voice.harmonics(); ++k) {
        const double octaves = std::log2(static_cast<double>(k));
        double db = -slope * octaves + (k % 2 ? 0 : even_level) + partials.uniform(-3, 3);
        for (const Peak& peak : peaks) {
            const double distance = std::log2(static_cast<double>(k) * voice.f0 / peak.hz) / peak.width;
            db += peak.db * std::exp(-distance * distance);
        }
        harmonics.push_back(std::polar(db_to_amplitude(db), partials.uniform(0, 2 * pi)));
    }
    return harmonics;
}

Harmonics random_oscillator(KnobVoice& voice) {
    const double width = voice.random.chance(0.5) ? 0 : voice.random.uniform(0.15, 0.5); // 0: a saw
    const double corner = voice.random.log_uniform(4000, 18000) * (0.4 + 0.6 * voice.velocity);
    Harmonics harmonics;
    for (size_t k = 1; k <= voice.harmonics(); ++k) {
        const double n = static_cast<double>(k), x = n * voice.f0 / corner;
        const double amplitude = (width > 0 ? std::sin(pi * n * width) : 1) / n / std::sqrt(1 + x * x);
        harmonics.push_back(std::polar(1.0, -pi / 2) * amplitude);
    }
    return harmonics;
}

WaveTable::WaveTable(const Harmonics& harmonics) {
    RealFft fft(table_size);
    std::ranges::fill(fft.frequency(), 0.0f);
    for (size_t i = 0; i < harmonics.size(); ++i) fft.frequency()[i + 1] = std::complex<float>(harmonics[i] * 0.5);
    fft.backward();
    // One sample before the period and two behind it, for interpolation.
    period_.push_back(fft.time()[table_size - 1]);
    period_.insert(period_.end(), fft.time().begin(), fft.time().end());
    period_.push_back(fft.time()[0]);
    period_.push_back(fft.time()[1]);
}

double WaveTable::at(double phase) const {
    const double position = (phase - std::floor(phase)) * table_size;
    const size_t index = std::min(static_cast<size_t>(position), table_size - 1);
    const double x = position - static_cast<double>(index);
    const double a = period_[index], b = period_[index + 1], c = period_[index + 2], d = period_[index + 3];
    return b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a)));
}

Samples WaveTable::play(double hz, size_t frames, double start_phase) const {
    Samples samples(frames);
    for (size_t i = 0; i < frames; ++i)
        samples[i] = static_cast<float>(at(start_phase + hz * static_cast<double>(i) / synthesis_rate));
    return samples;
}

Samples ring(std::span<const Mode> modes, size_t frames) {
    std::vector<double> sum(frames);
    for (const Mode& mode : modes) {
        if (mode.hz > highest_partial || mode.amplitude == 0) continue;
        // A resonator's recurrence, ended where the mode is 120 dB down.
        const double angle = 2 * pi * mode.hz / synthesis_rate;
        const double radius = std::exp(-sixty_db / (mode.decay * synthesis_rate));
        const double feedback = 2 * radius * std::cos(angle), damping = radius * radius;
        double before = 0, now = mode.amplitude * radius * std::sin(angle);
        const size_t end = std::min(frames, static_cast<size_t>(2 * mode.decay * synthesis_rate));
        for (size_t i = 1; i < end; ++i) {
            sum[i] += now;
            const double next = feedback * now - damping * before;
            before = now;
            now = next;
        }
    }
    return {sum.begin(), sum.end()};
}

double Envelope::at(double seconds, double hold) const {
    double level = 1;
    const double pressed = std::min(seconds, hold);
    if (pressed < attack)
        level = 0.5 - 0.5 * std::cos(pi * pressed / attack);
    else
        level = sustain + (1 - sustain) * std::exp(-sixty_db * (pressed - attack) / decay);
    return seconds > hold ? level * std::exp(-sixty_db * (seconds - hold) / release) : level;
}

Envelope sustained_envelope(Random& random) {
    return {random.log_uniform(0.004, 0.12), random.log_uniform(0.3, 3), random.uniform(0.4, 1),
            random.log_uniform(0.06, 0.6)};
}

Envelope random_envelope(Random& random) {
    Envelope envelope = sustained_envelope(random);
    if (random.chance(0.4))
        envelope = {random.log_uniform(0.001, 0.008), random.log_uniform(0.6, 6), 0, envelope.release};
    return envelope;
}

Envelope struck_envelope(Random& random) {
    return {0.0005, 1, 1, random.chance(0.5) ? random.log_uniform(0.08, 0.5) : 30};
}

void apply(const Envelope& envelope, double hold, Samples& samples) {
    for (size_t i = 0; i < samples.size(); ++i)
        samples[i] *= static_cast<float>(envelope.at(static_cast<double>(i) / synthesis_rate, hold));
}

Samples white_noise(Random& random, size_t frames) {
    Samples noise(frames);
    for (float& sample : noise) sample = static_cast<float>(random.uniform(-1, 1) * std::numbers::sqrt3);
    return noise;
}

void scale(Samples& samples, double root_mean_square) {
    double squares = 0;
    for (const float sample : samples) squares += static_cast<double>(sample) * sample;
    const double gain = root_mean_square / std::sqrt(squares / static_cast<double>(samples.size()) + 1e-30);
    for (float& sample : samples) sample *= static_cast<float>(gain);
}

void add(Samples& samples, const Samples& other, double gain) {
    for (size_t i = 0; i < samples.size(); ++i) samples[i] += static_cast<float>(gain) * other[i];
}

} // namespace timbrel::audio
