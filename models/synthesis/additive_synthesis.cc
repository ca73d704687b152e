// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/synthesis/additive_synthesis.h"

#include "models/spectral/overlap_add.h"
#include "models/tensor/weighted_mix.h"

#include <cmath>
#include <numbers>
#include <random>

namespace timbrel::models {
namespace {

// The noise with its loop repeated to the end. The end of the loop crossfades, at equal power, into the noise before
// its start.
Tensor repeat_loop(const Tensor& spectra, LoopRange loop) {
    const int64_t length = (loop.end - loop.start) * hop, start = loop.start * hop, end = loop.end * hop;
    if (length <= 0) return spectra;
    auto x = torch::constant_pad_nd(noise_istft(spectra.transpose(0, 1)), {hop, hop});
    const int64_t fade = loop.fade() * hop;
    const auto angle =
        (torch::arange(fade, x.options()) + .5) * (std::numbers::pi / 2 / double(std::max<int64_t>(fade, 1)));
    x.slice(1, end - fade, end)
        .copy_(x.slice(1, end - fade, end) * torch::cos(angle) + x.slice(1, start - fade, start) * torch::sin(angle));
    for (int64_t from = end; from < x.size(1); from += length) {
        const int64_t count = std::min(length, x.size(1) - from);
        x.slice(1, from, from + count).copy_(x.slice(1, from - length, from - length + count).clone());
    }
    return torch::cat({spectra.slice(0, 0, loop.start), noise_stft(x).slice(0, loop.start)});
}

// Partials [cells · 2, frames, count] of phase re + i im [frames, count], the left channel turned forwards and the
// right one backwards by half of channel_phase [cells, count]: real and imaginary part.
std::pair<Tensor, Tensor> turned(const Tensor& partial, const Tensor& re, const Tensor& im,
                                 const Tensor& channel_phase) {
    if (!channel_phase.defined()) return {partial * re, partial * im};
    const auto half = torch::stack({channel_phase / 2, channel_phase / -2}, 1).view({partial.size(0), 1, -1});
    const auto along = partial * torch::cos(half), across = partial * torch::sin(half);
    return {along * re - across * im, along * im + across * re};
}

} // namespace

Tensor white_noise(int64_t frames, uint64_t seed, double correlation) {
    std::mt19937_64 random(seed * 7919 + 17);
    const auto uniform = [&] { return (double(random() >> 11) + .5) * 0x1p-53; };
    auto noise = torch::empty({2, frames});
    float* out = noise.data_ptr<float>();
    for (int64_t i = 0; i < frames; ++i) {
        const double radius = std::sqrt(-2 * std::log(uniform())), angle = 2 * std::numbers::pi * uniform();
        out[i] = float(radius * std::cos(angle));
        out[frames + i] = float(radius * std::sin(angle));
    }
    noise[1] = correlation * noise[0] + std::sqrt(std::max(0., 1 - correlation * correlation)) * noise[1];
    return noise;
}

std::vector<double> schroeder_phases(int count) {
    std::vector<double> phase(count);
    for (int n = 1; n <= count; ++n)
        phase[n - 1] = std::fmod(-std::numbers::pi * n * (n - 1) / count, 2 * std::numbers::pi);
    return phase;
}

Excitation make_excitation(std::vector<double> frequencies, const std::vector<Tensor>& noises, LoopRange loop,
                           uint64_t seed, torch::Device device) {
    Excitation e;
    e.phase = schroeder_phases(int(frequencies.size()));
    if (seed) {
        std::mt19937_64 random(seed);
        for (double& p : e.phase) p = 2 * std::numbers::pi * double(random() >> 11) * 0x1p-53;
    }
    e.frequency = std::move(frequencies);
    std::vector<Tensor> spectra;
    for (const auto& n : noises) spectra.push_back(repeat_loop(n.to(device), loop));
    e.noise = torch::stack(spectra);
    return e;
}

Tensor synthesise(const Excitation& excitation, const Tensor& partial, const Tensor& channel_phase, const Tensor& noise,
                  const Tensor& mix) {
    const auto device = partial.device();
    const auto cells = partial.size(0), frames = partial.size(1);
    const auto precise = torch::TensorOptions().dtype(torch::kDouble).device(device);
    const auto frequency = torch::tensor(excitation.frequency, torch::kDouble).to(device);
    const auto start = torch::tensor(excitation.phase, torch::kDouble).to(device);
    const auto audible = (frequency < max_partial_hz).to(torch::kFloat);
    const auto phase =
        torch::outer(torch::arange(frames, precise) * (double(hop) / model_rate), frequency) * (2 * std::numbers::pi) +
        start;
    const auto re = torch::cos(phase).to(torch::kFloat) * audible, im = torch::sin(phase).to(torch::kFloat) * audible;
    const auto rows = partial.transpose(1, 2).reshape({cells * 2, frames, -1});
    const auto [real, imaginary] = turned(rows, re, im, channel_phase);
    auto sound = oscillator_sum(real, imaginary, frequency);

    const auto streams = torch::view_as_real(excitation.noise);
    const auto coloured = torch::view_as_complex(weighted_mix(mix, streams)) * band_gains_at_bins(noise);
    sound += noise_istft(coloured.transpose(1, 2)).reshape({cells * 2, -1});
    return sound.view({cells, 2, -1});
}

Tensor synthesise(const NoteSpectrum& s, uint64_t seed) {
    const auto white = noise_stft(white_noise((s.frames() + 1) * hop, seed, s.noise_correlation));
    const auto e = make_excitation(s.partial_hz(), {white}, {}, seed, s.partial.device());
    const auto phase = s.channel_phase.defined() ? s.channel_phase.unsqueeze(0).to(s.partial.device()) : Tensor();
    return synthesise(e, s.partial.unsqueeze(0), phase, s.noise.unsqueeze(0),
                      torch::ones({1, 1}, s.partial.options()))[0];
}

} // namespace timbrel::models
